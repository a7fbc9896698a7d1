package org.svgen.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.ModelSpec;
import org.svgen.checkpoint.SafeTensors;
import org.svgen.checkpoint.SafeTensorsWriter;
import org.svgen.checkpoint.WeightMemory;
import org.svgen.checkpoint.WeightSource;
import org.svgen.models.cogvideox.CogVideoXFamily;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.Defaults;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.RequestBuilder;
import org.svgen.pipeline.Result;
import org.svgen.pipeline.Sampling;
import org.svgen.pipeline.StepListener;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.pipeline.VideoSize;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Backends;
import org.svgen.testkit.Errors;
import org.svgen.testkit.Goldens;
import org.svgen.testkit.TestDevice;
import tools.jackson.databind.JsonNode;

/** Adapters in the spellings of several tools give what diffusers gives with them. */
class AdapterGoldenTest {
    @TempDir Path folder;

    private static final AttentionSettings DENSE =
            AttentionSettings.builder().mode(AttentionSettings.Mode.DENSE).build();

    private static Path adapter(String golden, String name) {
        return Goldens.folder("lora").resolve(golden).resolve(name + ".safetensors");
    }

    /** {@code one.peft:0.8+two.kohya:0.5}. */
    private static List<Adapters.Choice> choices(String golden, String words) {
        List<Adapters.Choice> choices = new ArrayList<>();
        for (String word : words.split("\\+")) {
            String[] parts = word.split(":");
            choices.add(
                    new Adapters.Choice(
                            adapter(golden, parts[0]),
                            Double.parseDouble(parts[1]),
                            Adapters.Expert.ALL,
                            false));
        }
        return choices;
    }

    private static Request request(String golden) {
        JsonNode s = Goldens.json(golden, "golden/pipeline.json");
        RequestBuilder request =
                Request.builder(
                                Defaults.of(
                                        new VideoSize(
                                                s.get("width").asInt(),
                                                s.get("height").asInt(),
                                                s.get("num_frames").asInt(),
                                                8),
                                        Sampling.of(
                                                s.get("num_inference_steps").asInt(),
                                                s.get("guidance_scale").asDouble()),
                                        DENSE))
                        .prompt(s.get("prompt").asString())
                        .seed(s.get("seed").asLong());
        if (s.has("negative_prompt")) {
            request.negativePrompt(s.get("negative_prompt").asString());
        }
        if (s.has("use_dynamic_cfg")) {
            request.set(CogVideoXFamily.DYNAMIC_GUIDANCE, s.get("use_dynamic_cfg").asBoolean());
        }
        return request.build();
    }

    private static float[] latents(String golden, String adapters) {
        ModelSpec spec =
                Adapters.with(ModelSpec.of(Goldens.folder(golden)), choices(golden, adapters));
        try (Backend device = TestDevice.open();
                VideoPipeline pipeline = Pipelines.open(Checkpoint.open(spec), device, DType.F32);
                Result result = pipeline.generate(request(golden), StepListener.SILENT)) {
            return result.latents().toFloats();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "wan-t2v-tiny, one.kohya:0.8+two.kohya:0.5, one_0.8_two_0.5",
        "hunyuanvideo-t2v-tiny, one.original:0.8+two.kohya:0.5, one_0.8_two_0.5",
        "cogvideox-t2v-tiny, one.peft:0.8+two.kohya:0.5, one_0.8_two_0.5"
    })
    void aWholeRunHasTheLatentsOfDiffusers(String golden, String adapters, String expected) {
        float[] latents =
                Goldens.tensors("lora", golden + "/expected.safetensors")
                        .get("pipeline_latents_" + expected)
                        .floats();
        assertThat(Errors.relative(latents(golden, adapters), latents)).isLessThan(1e-4);
    }

    /** Three spellings of one adapter are the same numbers. */
    @Test
    void spellingsOfOneAdapterAreTheSameBits() {
        for (String golden : List.of("wan-t2v-tiny", "hunyuanvideo-t2v-tiny")) {
            assertThat(weights(golden, "one.original:0.6"))
                    .isEqualTo(weights(golden, "one.kohya:0.6"))
                    .isNotEqualTo(weights(golden, "one.kohya:0.7"));
        }
        assertThat(weights("wan-t2v-tiny", "one.peft:0.6"))
                .isEqualTo(weights("wan-t2v-tiny", "one.kohya:0.6"));
    }

    /** A number for all weights of the transformer. */
    private static long weights(String golden, String adapters) {
        ModelSpec spec =
                Adapters.with(ModelSpec.of(Goldens.folder(golden)), choices(golden, adapters));
        try (Backend cpu = Backends.open("cpu", note -> {});
                WeightMemory memory = WeightMemory.resident(cpu);
                Checkpoint checkpoint = Checkpoint.open(spec)) {
            WeightSource source = checkpoint.weights("transformer", memory, DType.F32);
            long hash = 0;
            var names = SingleFilesTest.weights(golden, "transformer");
            for (Map.Entry<String, Tensor> e : names.entrySet()) {
                Tensor found = source.tensor(e.getKey(), e.getValue().shape().dims());
                hash = 31 * hash + Arrays.hashCode(found.toFloats());
            }
            return hash;
        }
    }

    private static Adapters.Choice choice(Path file, Adapters.Expert expert, boolean lenient) {
        return new Adapters.Choice(file, 1, expert, lenient);
    }

    private static void open(String golden, Adapters.Choice choice) {
        ModelSpec spec = Adapters.with(ModelSpec.of(Goldens.folder(golden)), List.of(choice));
        try (Backend cpu = Backends.open("cpu", note -> {})) {
            Pipelines.open(Checkpoint.open(spec), cpu, DType.F32).close();
        }
    }

    private static void assertRefused(String golden, Adapters.Choice choice, String message) {
        assertThatThrownBy(() -> open(golden, choice))
                .isInstanceOf(BadInputException.class)
                .hasMessage(message.replace("FILE", choice.file().toString()));
    }

    @Test
    void anAdapterOfAnotherFamilyIsRefused() {
        Path file = adapter("wan-t2v-tiny", "one.original");
        assertThatThrownBy(() ->
                        open("hunyuanvideo-t2v-tiny", choice(file, Adapters.Expert.ALL, true)))
                .isInstanceOf(BadInputException.class)
                .hasMessageStartingWith(
                        file
                                + ": expected an adapter for this model, found 60 of 60 tensors that change nothing of it: \"diffusion_model.blocks.0.")
                .hasMessageEndingWith("; it is an adapter for Wan");
        Path pickle = folder.resolve("lora.pt");
        assertThatThrownBy(
                        () -> {
                            Files.write(pickle, new byte[] {'P', 'K', 3, 4, 0, 0});
                            open("wan-t2v-tiny", choice(pickle, Adapters.Expert.ALL, true));
                        })
                .isInstanceOf(BadInputException.class)
                .hasMessageStartingWith(
                        pickle + ": expected safetensors or GGUF, found weights pickled");
    }

    @Test
    void anAdapterForASmallerModelIsRefused() {
        assertRefused(
                "wan22-ti2v-tiny",
                choice(adapter("wan-t2v-tiny", "one.peft"), Adapters.Expert.ALL, false),
                "FILE: tensor \"transformer.blocks.0.attn1.to_k.lora_B.weight\": expected a product that fits blocks.0.attn1.to_k.weight [64, 64], found that of [128, 4] and [4, 128]");
    }

    @Test
    void anExpertsAdapterNeedsAModelWithTwo() {
        assertRefused(
                "wan-t2v-tiny",
                choice(adapter("wan-t2v-tiny", "one.peft"), Adapters.Expert.LOW, false),
                "FILE: expected an adapter for all noise, since wan-t2v-tiny has one transformer");
    }

    /** What does not match is named; who knows better may leave it out. */
    @Test
    void tensorsThatChangeNothingAreRefusedUnlessToldOtherwise() {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        try (SafeTensors file = SafeTensors.open(adapter("wan-t2v-tiny", "one.original"))) {
            file.names().forEach(name -> tensors.put(name, file.find(name).orElseThrow()));
            tensors.put(
                    "lora_te_text_model.lora_down.weight",
                    Tensor.zeros(Arena.ofAuto(), DType.F32, 1, 1));
            tensors.put(
                    "lora_te_text_model.lora_up.weight",
                    Tensor.zeros(Arena.ofAuto(), DType.F32, 1, 1));
            tensors.put("what.ever", Tensor.zeros(Arena.ofAuto(), DType.F32, 1));
            SafeTensorsWriter.write(folder.resolve("x.safetensors"), tensors, Map.of());
        }
        Path file = folder.resolve("x.safetensors");
        assertRefused(
                "wan-t2v-tiny",
                choice(file, Adapters.Expert.ALL, false),
                "FILE: expected an adapter for this model, found 3 of 63 tensors that change nothing of it: \"what.ever\", \"lora_te_text_model.lora_down.weight\", \"lora_te_text_model.lora_up.weight\"");
        open("wan-t2v-tiny", choice(file, Adapters.Expert.ALL, true));
    }

    @Test
    void ranksMustAgreeAndMatricesComeInPairs() {
        String layer = "transformer.blocks.0.attn1.to_q.lora_";
        Path file = folder.resolve("x.safetensors");
        Tensor down = Tensor.zeros(Arena.ofAuto(), DType.F32, 4, 128);
        Tensor up = Tensor.zeros(Arena.ofAuto(), DType.F32, 128, 3);
        SafeTensorsWriter.write(
                file, Map.of(layer + "A.weight", down, layer + "B.weight", up), Map.of());
        assertRefused(
                "wan-t2v-tiny",
                choice(file, Adapters.Expert.ALL, false),
                "FILE: tensor \"transformer.blocks.0.attn1.to_q.lora_B.weight\": expected 4 columns, the rank that \"transformer.blocks.0.attn1.to_q.lora_A.weight\" has rows, found shape [128, 3]");
        SafeTensorsWriter.write(file, Map.of(layer + "A.weight", down), Map.of());
        assertRefused(
                "wan-t2v-tiny",
                choice(file, Adapters.Expert.ALL, false),
                "FILE: tensor \"transformer.blocks.0.attn1.to_q.lora_A.weight\": expected both matrices of \"blocks.0.attn1.to_q\", found one");
    }

    /** Models with other adapters are others: in name, and in hash. */
    @Test
    void nameAndHashTellAdapters() {
        ModelSpec plain = ModelSpec.of(Goldens.folder("wan-t2v-tiny"));
        ModelSpec one = Adapters.with(plain, choices("wan-t2v-tiny", "one.peft:0.6"));
        assertThat(one.name())
                .isEqualTo("wan-t2v-tiny + one.peft.safetensors at 0.6 of transformer");
        ModelSpec other = Adapters.with(plain, choices("wan-t2v-tiny", "one.peft:0.7"));
        try (Checkpoint a = Checkpoint.open(plain);
                Checkpoint b = Checkpoint.open(one);
                Checkpoint c = Checkpoint.open(other)) {
            assertThat(List.of(a.hash(), b.hash(), c.hash())).doesNotHaveDuplicates();
        }
    }
}
