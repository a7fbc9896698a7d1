package org.svgen.hub;

import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.svgen.models.Pipelines;
import org.svgen.testkit.HubServer;

/** A small model on a hub that runs in the test, and a client without patience. */
final class Fixture {
    static final ModelId ID = ModelId.parse("org/model");
    static final String WEIGHTS = "transformer/diffusion_pytorch_model.safetensors";
    static final String VAE = "vae/diffusion_pytorch_model.safetensors";
    static final int WEIGHT_BYTES = 300_000;

    static final Patience PATIENCE =
            new Patience(
                    4, Duration.ofMillis(2), Duration.ofMillis(1500), Duration.ofSeconds(20), 100);

    private Fixture() {}

    /** All that a pipeline needs, and some files that it does not. */
    static Map<String, byte[]> files() {
        Map<String, byte[]> files = new TreeMap<>();
        text(
                files,
                "model_index.json",
                """
                {"_class_name": "CogVideoXPipeline",
                 "scheduler": ["diffusers", "CogVideoXDDIMScheduler"],
                 "text_encoder": ["transformers", "T5EncoderModel"],
                 "tokenizer": ["transformers", "T5Tokenizer"],
                 "transformer": ["diffusers", "CogVideoXTransformer3DModel"],
                 "vae": ["diffusers", "AutoencoderKLCogVideoX"]}
                """);
        text(files, "scheduler/scheduler_config.json", "{}");
        text(files, "text_encoder/config.json", "{}");
        text(files, "tokenizer/tokenizer_config.json", "{\"a\": 1}");
        text(files, "tokenizer/added_tokens.json", "");
        files.put("tokenizer/spiece.model", bytes(5, 3000));
        text(
                files,
                "text_encoder/model.safetensors.index.json",
                "{\"weight_map\": {\"a\": \"model-1.safetensors\", \"b\": \"model-2.safetensors\"}}");
        files.put("text_encoder/model-1.safetensors", bytes(1, 5000));
        files.put("text_encoder/model-2.safetensors", bytes(2, 7000));
        text(files, "transformer/config.json", "{\"t\": 1}");
        files.put(WEIGHTS, bytes(3, WEIGHT_BYTES));
        text(files, "vae/config.json", "{\"v\": 1}");
        files.put(VAE, bytes(4, 9000));
        text(files, "README.md", "not needed");
        text(files, "text_encoder/pytorch_model.bin", "not needed");
        text(files, "vae/diffusion_pytorch_model.fp16.safetensors", "not needed");
        return files;
    }

    static List<String> needed() {
        return files().keySet().stream()
                .filter(n -> !n.endsWith(".md") && !n.endsWith(".bin") && !n.contains("fp16"))
                .toList();
    }

    static HubServer server() {
        HubServer server = HubServer.of(ID.repo());
        files().forEach(server::put);
        return server;
    }

    static HubSettings settings(HubServer server, Path cache) {
        return settings(server.address(), cache, null, true, false);
    }

    static HubSettings settings(
            String address, Path cache, @Nullable String token, boolean symlinks, boolean offline) {
        return new HubSettings(
                cache,
                URI.create(address),
                token,
                offline,
                symlinks,
                PATIENCE,
                HttpClient.Builder.NO_PROXY);
    }

    static Hub hub(HubServer server, Path cache) {
        return hub(settings(server, cache));
    }

    static Hub hub(HubSettings settings) {
        return new Hub(settings, Pipelines::components);
    }

    private static void text(Map<String, byte[]> files, String name, String text) {
        files.put(name, text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] bytes(long seed, int count) {
        byte[] bytes = new byte[count];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    /** Remembers what it hears. */
    static class Listener implements PullListener {
        final List<String> notes = new CopyOnWriteArrayList<>();
        final List<PullPlan> plans = new CopyOnWriteArrayList<>();
        final List<Long> done = new CopyOnWriteArrayList<>();

        @Override
        public void planned(PullPlan plan) {
            plans.add(plan);
        }

        @Override
        public void note(String line) {
            notes.add(line);
        }

        @Override
        public void progress(long bytes, long total) {
            done.add(bytes);
        }
    }
}
