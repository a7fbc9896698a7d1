package org.svgen.models.hunyuan;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.StringJoiner;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.WeightMemory;
import org.svgen.models.hunyuan.HunyuanTransformer.RopeTables;
import org.svgen.models.hunyuan.HunyuanTransformer.Text;
import org.svgen.nn.joint.Conditioning;
import org.svgen.run.Blocks;
import org.svgen.sparse.AttentionStatistics;
import org.svgen.sparse.Dense;
import org.svgen.tensor.DType;
import org.svgen.tensor.Shape;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.DryRun;
import org.svgen.text.ClipConfig;
import org.svgen.text.ClipTextEncoder;
import org.svgen.text.LlamaConfig;
import org.svgen.text.LlamaEncoder;
import org.svgen.vae.VideoDecoder;

/**
 * The model of 13 billion parameters: names and shapes of its weights, listed by diffusers' and
 * transformers' module definitions for the published sizes, and the memory of a run at 720p. The
 * weight files are all hole.
 */
@EnabledOnOs(OS.LINUX)
class HunyuanFullSizeTest {
    private static final Pattern REPEATED = Pattern.compile("\\[(\\d+)]");
    private static final int FRAMES = 33;
    private static final int HEIGHT = 90;
    private static final int WIDTH = 160;

    @TempDir Path folder;
    private int loaded;
    private final Backend backend = countingBackend();

    @BeforeEach
    void writeModel() throws IOException {
        Files.writeString(folder.resolve("model_index.json"), "{\"_class_name\": \"x\"}");
        write("transformer", "{\"_class_name\": \"HunyuanVideoTransformer3DModel\"}");
        write("vae", "{\"_class_name\": \"AutoencoderKLHunyuanVideo\"}");
        write(
                "text_encoder",
                """
                {"architectures": ["LlamaModel"], "hidden_size": 4096, "vocab_size": 128320,
                 "intermediate_size": 14336, "num_attention_heads": 32, "rope_theta": 500000.0,
                 "num_hidden_layers": 32, "num_key_value_heads": 8, "rms_norm_eps": 1e-05}
                """);
        write(
                "text_encoder_2",
                """
                {"architectures": ["CLIPTextModel"], "hidden_size": 768, "eos_token_id": 2,
                 "intermediate_size": 3072, "num_attention_heads": 12, "num_hidden_layers": 12}
                """);
    }

    @Test
    void everyWeightIsFoundUnderItsNameAndReadOnce() throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            transformer(checkpoint);
            assertThat(loaded).isEqualTo(shapes("transformer").size());
            loaded = 0;
            decoder(checkpoint);
            assertThat(loaded).isEqualTo(count("vae", "decoder.", "post_quant_conv."));
            loaded = 0;
            HunyuanVae.encoder(
                    HunyuanVaeConfig.read(checkpoint.config("vae")),
                    checkpoint.weights("vae", WeightMemory.resident(backend), DType.F32));
            assertThat(loaded).isEqualTo(count("vae", "encoder.", "quant_conv."));
            loaded = 0;
            ClipTextEncoder.load(
                    ClipConfig.read(checkpoint.config("text_encoder_2")),
                    checkpoint.weights(
                            "text_encoder_2", WeightMemory.resident(backend), DType.F32));
            assertThat(loaded).isEqualTo(shapes("text_encoder_2").size());
            loaded = 0;
            LlamaEncoder.load(
                    LlamaConfig.read(checkpoint.config("text_encoder")),
                    checkpoint.weights("text_encoder", WeightMemory.resident(backend), DType.F32),
                    2);
            int perLayer = 9;
            int finalNorm = 1;
            assertThat(loaded).isEqualTo(shapes("text_encoder").size() - 2 * perLayer - finalNorm);
        }
    }

    @Test
    void aStepAndTheDecoderAt720pNeedBoundedMemory() {
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            HunyuanTransformer model = transformer(checkpoint);
            HunyuanConfig c = model.config();
            HunyuanSize size = new HunyuanSize(FRAMES, HEIGHT, WIDTH, c.patchSize());
            int video = size.geometry(40).videoTokens();
            Text text = new Text(phantom(256, c.textEmbedDim()), 40, phantom(1, c.pooledDim()));
            RopeTables rope =
                    new RopeTables(phantom(video, c.headDim()), phantom(video, c.headDim()));
            Dense dense = new Dense(size.geometry(40), new AttentionStatistics(c.layers()));
            Tensor latents = phantom(c.inChannels(), FRAMES, HEIGHT, WIDTH);
            Tensor sinusoid = phantom(1, Conditioning.CHANNELS);
            long step =
                    DryRun.workspaceBytes(ws ->
                            model.forward(
                                    ws,
                                    latents,
                                    List.of(text),
                                    sinusoid,
                                    sinusoid,
                                    rope,
                                    dense,
                                    new Blocks(ws.ops(), Tensor.phantom(DType.I32, c.layers())),
                                    phantom(1, c.inChannels(), FRAMES, HEIGHT, WIDTH)));
            // Tokens, their norm, heads and what they attend to, in single precision.
            long stream = 4L * (video + 256) * c.width();
            assertThat(step).isBetween(6 * stream, 7 * stream);

            VideoDecoder decoder = decoder(checkpoint);
            long whole = decoder.plan(FRAMES, HEIGHT, WIDTH, Long.MAX_VALUE).workspaceBytes();
            long tiled = decoder.plan(FRAMES, HEIGHT, WIDTH, 0).workspaceBytes();
            long longer = decoder.plan(2 * FRAMES, HEIGHT, WIDTH, 0).workspaceBytes();
            assertThat(tiled).isLessThan(4L << 30).isLessThan(whole / 8);
            assertThat(longer).isLessThan(tiled + (64 << 20));
        }
    }

    private HunyuanTransformer transformer(Checkpoint checkpoint) {
        return HunyuanTransformer.load(
                checkpoint.config("transformer"),
                checkpoint.weights("transformer", WeightMemory.resident(backend), DType.F32));
    }

    private VideoDecoder decoder(Checkpoint checkpoint) {
        return HunyuanVae.decoder(
                HunyuanVaeConfig.read(checkpoint.config("vae")),
                checkpoint.weights("vae", WeightMemory.resident(backend), DType.F32));
    }

    private static Tensor phantom(long... dims) {
        return new Tensor(DType.F32, Shape.of(dims), () -> Long.MAX_VALUE, 0);
    }

    private Backend countingBackend() {
        return (Backend)
                Proxy.newProxyInstance(
                        Backend.class.getClassLoader(),
                        new Class<?>[] {Backend.class},
                        (proxy, method, args) -> {
                            loaded++;
                            return Objects.requireNonNull(args)[0];
                        });
    }

    private void write(String component, String config) throws IOException {
        Path to = Files.createDirectories(folder.resolve(component));
        Files.writeString(to.resolve("config.json"), config);
        StringJoiner header = new StringJoiner(",", "{", "}");
        long at = 0;
        for (Map.Entry<String, long[]> e : shapes(component).entrySet()) {
            long end = at + 2 * Shape.of(e.getValue()).elements();
            header.add(
                    "\"%s\":{\"dtype\":\"BF16\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
                            .formatted(e.getKey(), Arrays.toString(e.getValue()), at, end));
            at = end;
        }
        // Padded, so that no tensor lies across its elements and is copied.
        String padding = " ".repeat(7 - (header.length() + 7) % 8);
        byte[] json = (header + padding).getBytes(StandardCharsets.UTF_8);
        Path file = to.resolve("model.safetensors");
        try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
            ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
            out.write(length.putLong(json.length).array());
            out.write(json);
            out.setLength(8 + json.length + at);
        }
    }

    /** Names and shapes; {@code [n]} in a name stands for 0 to n - 1. */
    /** Weights whose names begin so. */
    private static int count(String component, String... beginnings) {
        return (int)
                shapes(component).keySet().stream()
                        .filter(name -> Arrays.stream(beginnings).anyMatch(name::startsWith))
                        .count();
    }

    private static Map<String, long[]> shapes(String component) {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        String resource = "/hunyuanvideo-13b/" + component + ".txt";
        try (BufferedReader in =
                new BufferedReader(
                        new InputStreamReader(
                                Objects.requireNonNull(
                                        HunyuanFullSizeTest.class.getResourceAsStream(resource)),
                                StandardCharsets.UTF_8))) {
            in.lines()
                    .forEach(line -> {
                        String[] parts = line.split(" ");
                        long[] dims =
                                Arrays.stream(parts, 1, parts.length)
                                        .mapToLong(Long::parseLong)
                                        .toArray();
                        Matcher repeated = REPEATED.matcher(parts[0]);
                        int count = repeated.find() ? Integer.parseInt(repeated.group(1)) : 1;
                        for (int i = 0; i < count; i++) {
                            shapes.put(
                                    REPEATED.matcher(parts[0]).replaceFirst(Integer.toString(i)),
                                    dims);
                        }
                    });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return shapes;
    }
}
