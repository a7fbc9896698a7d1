package org.svgen.models.wan;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.WeightMemory;
import org.svgen.tensor.DType;
import org.svgen.tensor.PhantomStorage;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Workspace;
import org.svgen.testkit.Errors;
import org.svgen.testkit.GoldenTensor;
import org.svgen.testkit.Goldens;
import org.svgen.testkit.TestDevice;
import org.svgen.vae.DecoderNetwork;
import org.svgen.vae.FrameBatches;
import org.svgen.vae.MiddleBlock;
import org.svgen.vae.NormedConv;
import org.svgen.vae.Posterior;
import org.svgen.vae.Resnet;
import org.svgen.vae.RowOutput;
import org.svgen.vae.VaeBlock;
import org.svgen.vae.VaeDecoder;
import org.svgen.vae.VaeEncoder;
import org.svgen.vae.VaeNetwork;
import org.svgen.vae.VaePlan;
import org.svgen.vae.VaeProgress;

/** The autoencoders of Wan 2.1 and 2.2 against diffusers, whole and in parts. */
class WanVaeGoldenTest {
    private static final double TOLERANCE = 1e-4;

    private final Backend backend = TestDevice.open();
    private final Arena arena = Arena.ofShared();

    @AfterEach
    void close() {
        arena.close();
        backend.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"wan-t2v-tiny", "wan22-ti2v-tiny"})
    void decodesAndEncodesAsDiffusers(String model) {
        Map<String, GoldenTensor> golden = Goldens.tensors(model, "golden/vae_decode.safetensors");
        Map<String, GoldenTensor> encoded = Goldens.tensors(model, "golden/vae_encode.safetensors");
        try (Checkpoint checkpoint = Checkpoint.open(Goldens.folder(model))) {
            WanVaeConfig config = config(checkpoint);
            VaeDecoder decoder =
                    WanVae.decoder(
                            config,
                            checkpoint.weights("vae", WeightMemory.resident(backend), DType.F32));
            Tensor z = channelsLast(get(golden, "latents"));
            assertThat(Errors.relative(decode(decoder, z), get(golden, "frames").floats()))
                    .as("frames")
                    .isLessThan(TOLERANCE);
            VaeEncoder encoder =
                    WanVae.encoder(
                            config,
                            checkpoint.weights("vae", WeightMemory.resident(backend), DType.F32));
            Posterior p = encode(encoder, channelsLast(get(encoded, "frames")));
            assertThat(Errors.relative(channelsFirst(p.mean()), get(encoded, "mean").floats()))
                    .as("mean")
                    .isLessThan(TOLERANCE);
            assertThat(
                            Errors.relative(
                                    channelsFirst(p.logVariance()),
                                    get(encoded, "logvar").floats()))
                    .as("logarithm of the variance")
                    .isLessThan(TOLERANCE);
        }
    }

    /**
     * What the first convolution, the middle and each block make of the first two latent frames.
     */
    @ParameterizedTest
    @ValueSource(strings = {"wan-t2v-tiny", "wan22-ti2v-tiny"})
    void eachPartOfTheDecoderIsThatOfDiffusers(String model) {
        Map<String, GoldenTensor> golden = Goldens.tensors(model, "golden/vae_decode.safetensors");
        try (Checkpoint checkpoint = Checkpoint.open(Goldens.folder(model))) {
            WanVaeConfig config = config(checkpoint);
            Map<String, List<float[]>> seen = new LinkedHashMap<>();
            DecoderNetwork network =
                    watched(
                            WanVae.decoderNetwork(
                                    config,
                                    checkpoint.weights(
                                            "vae", WeightMemory.resident(backend), DType.F32)),
                            seen);
            VaeNetwork pixels = WanPatches.behind(network, config.patch());
            VaeDecoder decoder =
                    new VaeDecoder(config, pixels, WanTiles.ofDecoder(config), new FrameBatches(1));
            Tensor z = channelsLast(get(golden, "latents"));
            VaePlan plan = new VaePlan(false, 64 << 20);
            try (Workspace workspace = new Workspace(backend, plan.workspaceBytes())) {
                seen.clear();
                decoder.decode(
                        plan, workspace, z, (f, y, x, from, at, n) -> {}, VaeProgress.SILENT);
            }
            int compared = 0;
            for (Map.Entry<String, GoldenTensor> entry : golden.entrySet()) {
                int split = entry.getKey().indexOf("_call");
                if (split >= 0) {
                    int call = Integer.parseInt(entry.getKey().substring(split + 5));
                    float[] actual =
                            Objects.requireNonNull(seen.get(entry.getKey().substring(0, split)))
                                    .get(call);
                    assertThat(Errors.relative(actual, entry.getValue().floats()))
                            .as(entry.getKey())
                            .isLessThan(TOLERANCE);
                    compared++;
                }
            }
            assertThat(compared).isGreaterThanOrEqualTo(10);
        }
    }

    /** The same, and who hears of what goes through the parts. */
    private DecoderNetwork watched(DecoderNetwork n, Map<String, List<float[]>> seen) {
        MiddleBlock middle = n.middle();
        List<Resnet> middleResnets = new ArrayList<>(middle.resnets());
        middleResnets.set(0, watched(middleResnets.getFirst(), "conv_in", seen));
        List<VaeBlock> blocks = new ArrayList<>();
        for (int i = 0; i < n.blocks().size(); i++) {
            VaeBlock block = n.blocks().get(i);
            List<Resnet> resnets = new ArrayList<>(block.resnets());
            String before = i == 0 ? "mid_block" : "up_block" + (i - 1);
            resnets.set(0, watched(resnets.getFirst(), before, seen));
            blocks.add(new VaeBlock(resnets, block.resample(), block.shortcut()));
        }
        NormedConv out = n.out();
        return new DecoderNetwork(
                n.postQuant(),
                n.in(),
                new MiddleBlock(middleResnets, middle.attention()),
                blocks,
                watched(out, "up_block" + (blocks.size() - 1), seen));
    }

    private Resnet watched(Resnet resnet, String name, Map<String, List<float[]>> seen) {
        return new Resnet(watched(resnet.first(), name, seen), resnet.second(), resnet.shortcut());
    }

    private NormedConv watched(NormedConv conv, String name, Map<String, List<float[]>> seen) {
        return new NormedConv(
                (pass, x, f, out) -> {
                    if (!(x.storage() instanceof PhantomStorage)) {
                        seen.computeIfAbsent(name, k -> new ArrayList<>()).add(channelsFirst(x));
                    }
                    conv.norm().apply(pass, x, f, out);
                },
                conv.conv());
    }

    /** Whatever the batch, the bits are the same. */
    @ParameterizedTest
    @CsvSource({"wan-t2v-tiny, 2", "wan-t2v-tiny, 3", "wan22-ti2v-tiny, 2", "wan22-ti2v-tiny, 4"})
    void batchesOfAnySizeGiveTheSameBits(String model, int size) {
        try (Checkpoint checkpoint = Checkpoint.open(Goldens.folder(model))) {
            WanVaeConfig config = config(checkpoint);
            float[] values = new float[5 * 2 * 3 * config.latentChannels()];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) Math.sin(0.7 * i * i);
            }
            Tensor z =
                    TestDevice.on(
                            backend, Tensor.of(arena, values, 5, 2, 3, config.latentChannels()));
            same(decode(decoder(checkpoint, size), z), decode(decoder(checkpoint, 1), z));
            Tensor video = TestDevice.on(backend, Tensor.of(arena, frames(17), 17, 32, 32, 3));
            Posterior p = encode(encoder(checkpoint, 4 * size), video);
            Posterior q = encode(encoder(checkpoint, 4), video);
            same(channelsFirst(p.mean()), channelsFirst(q.mean()));
            same(channelsFirst(p.logVariance()), channelsFirst(q.logVariance()));
        }
    }

    /** To the bit; on a GPU a product of other sizes may be another kernel's. */
    private void same(float[] actual, float[] expected) {
        if (backend.name().equals("cpu")) {
            assertThat(actual).containsExactly(expected);
        } else {
            assertThat(Errors.relative(actual, expected)).isLessThan(1e-6);
        }
    }

    private VaeDecoder decoder(Checkpoint checkpoint, int size) {
        WanVaeConfig config = config(checkpoint);
        return new VaeDecoder(
                config,
                WanPatches.behind(
                        WanVae.decoderNetwork(
                                config,
                                checkpoint.weights(
                                        "vae", WeightMemory.resident(backend), DType.F32)),
                        config.patch()),
                WanTiles.ofDecoder(config),
                new FrameBatches(size));
    }

    private VaeEncoder encoder(Checkpoint checkpoint, int size) {
        WanVaeConfig config = config(checkpoint);
        return new VaeEncoder(
                config,
                WanPatches.before(
                        WanVae.encoderNetwork(
                                config,
                                checkpoint.weights(
                                        "vae", WeightMemory.resident(backend), DType.F32)),
                        config.patch()),
                WanTiles.ofEncoder(config),
                new FrameBatches(size));
    }

    @Test
    void memoryDoesNotGrowWithTheLength() {
        try (Checkpoint checkpoint = Checkpoint.open(Goldens.folder("wan-t2v-tiny"))) {
            VaeDecoder decoder = decoder(checkpoint, 1);
            assertThat(decoder.plan(50, 4, 6, Long.MAX_VALUE))
                    .isEqualTo(decoder.plan(3, 4, 6, Long.MAX_VALUE));
            VaeEncoder encoder = encoder(checkpoint, 4);
            assertThat(encoder.plan(81, 32, 48, Long.MAX_VALUE))
                    .isEqualTo(encoder.plan(9, 32, 48, Long.MAX_VALUE));
        }
    }

    private static float[] frames(int count) {
        float[] values = new float[count * 32 * 32 * 3];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) Math.sin(0.3 * i * i);
        }
        return values;
    }

    private static WanVaeConfig config(Checkpoint checkpoint) {
        return WanVaeConfig.read(checkpoint.config("vae"));
    }

    /** [t, h, w, C] to [3, T, H, W], clamped to -1..1, flattened. */
    private float[] decode(VaeDecoder decoder, Tensor z) {
        int ratio = decoder.shape().spatialRatio();
        int frames = decoder.shape().videoFrames(z.size(0));
        int h = ratio * z.size(1);
        int w = ratio * z.size(2);
        VaePlan plan = decoder.plan(z.size(0), z.size(1), z.size(2), decoder.limit());
        assertThat(plan.tiled()).isFalse();
        float[] values = new float[frames * h * w * 3];
        RowOutput out =
                (frame, y, x, from, offset, count) -> {
                    for (int i = 0; i < count; i++) {
                        values[((frame * h + y) * w + x) * 3 + i] =
                                Math.clamp(from[offset + i], -1, 1);
                    }
                };
        try (Workspace workspace = new Workspace(backend, plan.workspaceBytes())) {
            decoder.decode(plan, workspace, z, out, VaeProgress.SILENT);
            assertThat(workspace.highWater()).isEqualTo(plan.workspaceBytes());
        }
        return channelsFirst(Tensor.of(arena, values, frames, h, w, 3));
    }

    private Posterior encode(VaeEncoder encoder, Tensor video) {
        VaePlan plan = encoder.plan(video.size(0), video.size(1), video.size(2), encoder.limit());
        try (Workspace workspace = new Workspace(backend, plan.workspaceBytes())) {
            Posterior p = encoder.encode(plan, workspace, video, arena, VaeProgress.SILENT);
            assertThat(workspace.highWater()).isEqualTo(plan.workspaceBytes());
            return p;
        }
    }

    /** [1, C, T, H, W] to [T, H, W, C], where operations read it. */
    private Tensor channelsLast(GoldenTensor golden) {
        return permute(golden.f32(arena).get(0), 1, 2, 3, 0);
    }

    /** [T, H, W, C] to [C, T, H, W], flattened. */
    private float[] channelsFirst(Tensor x) {
        Tensor floats = TestDevice.host(backend, x);
        float[] from = floats.toFloats();
        int c = x.size(3);
        float[] to = new float[from.length];
        for (int i = 0; i < from.length; i++) {
            to[i % c * (from.length / c) + i / c] = from[i];
        }
        return to;
    }

    private Tensor permute(Tensor x, int... order) {
        long[] dims = Arrays.stream(order).mapToLong(x::size).toArray();
        Tensor out = TestDevice.on(backend, Tensor.zeros(arena, DType.F32, dims));
        backend.ops().permute(TestDevice.on(backend, x), order, out);
        return out;
    }

    private static GoldenTensor get(Map<String, GoldenTensor> golden, String name) {
        return Objects.requireNonNull(golden.get(name), name);
    }
}
