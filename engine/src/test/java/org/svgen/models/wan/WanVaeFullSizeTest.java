package org.svgen.models.wan;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.checkpoint.Config;
import org.svgen.checkpoint.WeightSource;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.DryRun;
import org.svgen.tensor.op.Weight;
import org.svgen.vae.VaeDecoder;
import org.svgen.vae.VaeEncoder;
import org.svgen.vae.VaePlan;

/** The published autoencoders: what they take of memory at 720p. */
class WanVaeFullSizeTest {
    private static final String LARGE =
            ", \"base_dim\": 160, \"decoder_base_dim\": 256, \"z_dim\": 48, \"is_residual\": true,"
                    + " \"in_channels\": 12, \"out_channels\": 12, \"patch_size\": 2,"
                    + " \"scale_factor_spatial\": 16, \"latents_mean\": "
                    + Collections.nCopies(48, "0")
                    + ", \"latents_std\": "
                    + Collections.nCopies(48, "1");

    @TempDir Path folder;

    @Test
    void decodingAt720pIsNotTiledAndTakesLessThan8GiB() throws IOException {
        assertThat(decoderBytes(read(""), 21, 90, 160)).isLessThan(8L << 30);
        assertThat(decoderBytes(read(LARGE), 31, 44, 80)).isLessThan(8L << 30);
    }

    @Test
    void encodingAt720pIsNotTiled() throws IOException {
        assertThat(encoderBytes(read(""), 81, 720, 1280)).isLessThan(9L << 30);
        assertThat(encoderBytes(read(LARGE), 121, 704, 1280)).isLessThan(9L << 30);
    }

    private static long decoderBytes(WanVaeConfig config, int frames, int height, int width) {
        VaeDecoder decoder = WanVae.decoder(config, new PhantomWeights());
        VaePlan plan = decoder.plan(frames, height, width, decoder.limit());
        assertThat(plan.tiled()).isFalse();
        Tensor z = Tensor.phantom(DType.F32, frames, height, width, config.latentChannels());
        return DryRun.workspaceBytes(DType.BF16, dry -> decoder.rehearse(plan, dry, z));
    }

    private static long encoderBytes(WanVaeConfig config, int frames, int height, int width) {
        VaeEncoder encoder = WanVae.encoder(config, new PhantomWeights());
        VaePlan plan = encoder.plan(frames, height, width, encoder.limit());
        assertThat(plan.tiled()).isFalse();
        return plan.workspaceBytes() / 2;
    }

    private WanVaeConfig read(String entries) throws IOException {
        String json = "{\"_class_name\": \"AutoencoderKLWan\"" + entries + "}";
        return WanVaeConfig.read(
                Config.read(Files.writeString(folder.resolve("config.json"), json)));
    }

    /** Weights of every name and shape, without values. */
    private record PhantomWeights() implements WeightSource {
        @Override
        public Backend backend() {
            return DryRun.backend();
        }

        @Override
        public WeightSource at(String part) {
            return this;
        }

        @Override
        public boolean has(String name) {
            return true;
        }

        @Override
        public Tensor tensor(String name, long... shape) {
            return Tensor.phantom(DType.BF16, shape);
        }

        @Override
        public Weight weight(String name, long... shape) {
            return Weight.of(tensor(name, shape));
        }

        @Override
        public <T> List<T> layers(int count, IntFunction<T> load) {
            return IntStream.range(0, count).mapToObj(load).toList();
        }

        @Override
        public void blocksEnd(String part, int count) {}

        @Override
        public Optional<Tensor> optional(String name, long... shape) {
            return Optional.of(tensor(name, shape));
        }
    }
}
