package org.svgen.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.ModelSpec;
import org.svgen.checkpoint.SafeTensors;
import org.svgen.checkpoint.WeightMemory;
import org.svgen.checkpoint.WeightSource;
import org.svgen.pipeline.Plan;
import org.svgen.pipeline.Recipe;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Result;
import org.svgen.pipeline.StepListener;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.Shape;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Backends;
import org.svgen.testkit.FarBackend;
import org.svgen.testkit.Goldens;
import org.svgen.testkit.TestDevice;

/** A session that takes other adapters makes what a model opened with them makes. */
class AdapterSwapTest {
    private static final String WAN = "wan-t2v-tiny";

    private static Path file(String golden, String name) {
        return Goldens.folder("lora").resolve(golden).resolve(name + ".safetensors");
    }

    private static Adapters.Choice choice(String golden, String name, double strength) {
        return new Adapters.Choice(file(golden, name), strength, Adapters.Expert.ALL, false);
    }

    /** None, one in two strengths, two at once, the other alone, and none again. */
    private static List<List<Adapters.Choice>> turns(String golden) {
        Adapters.Choice one = choice(golden, "one.kohya", 1);
        Adapters.Choice weaker = choice(golden, "one.kohya", 0.6);
        Adapters.Choice two = choice(golden, "two.kohya", 0.5);
        return List.of(
                List.of(),
                List.of(one),
                List.of(weaker),
                List.of(weaker, two),
                List.of(two),
                List.of());
    }

    private static long fresh(Backend backend, String golden, List<Adapters.Choice> choices) {
        ModelSpec spec = Adapters.with(ModelSpec.of(Goldens.folder(golden)), choices);
        try (VideoPipeline pipeline = Pipelines.open(Checkpoint.open(spec), backend, DType.F32)) {
            return TinyRun.hashOf(pipeline, 1);
        }
    }

    private static void adapt(VideoPipeline session, String golden, List<Adapters.Choice> choices) {
        session.adapt(Adapters.of(ModelSpec.of(Goldens.folder(golden)), choices));
    }

    @Test
    void videosAreThoseOfAFreshModelBitByBit() {
        List<Long> hashes = hashes(WAN, turns(WAN));
        assertThat(hashes.subList(0, 5)).doesNotHaveDuplicates();
        assertThat(hashes.getLast()).isEqualTo(hashes.getFirst());
        hashes("hunyuanvideo-t2v-tiny", turns("hunyuanvideo-t2v-tiny").subList(2, 4));
    }

    private static List<Long> hashes(String golden, List<List<Adapters.Choice>> turns) {
        List<Long> hashes = new ArrayList<>();
        try (Backend cpu = Backends.open("cpu", note -> {});
                VideoPipeline session =
                        Pipelines.openSession(Goldens.folder(golden), cpu, DType.F32)) {
            for (List<Adapters.Choice> turn : turns) {
                adapt(session, golden, turn);
                long made = TinyRun.hashOf(session, 1);
                assertThat(made).isEqualTo(fresh(cpu, golden, turn));
                hashes.add(made);
            }
        }
        return hashes;
    }

    /** Layers that come as they are used are merged with the new adapter each time. */
    @Test
    void streamedLayersTakeOtherAdaptersToo() {
        List<Adapters.Choice> one = List.of(choice(WAN, "one.kohya", 0.6));
        try (FarBackend far = new FarBackend(1L << 40);
                VideoPipeline session =
                        Pipelines.openSession(Goldens.folder(WAN), far, DType.F32)) {
            long plain = TinyRun.hashOf(session, 1);
            adapt(session, WAN, one);
            Request request = TinyRun.request(session, 1);
            Plan plan = AdapterTest.streaming(session.plan(request, Long.MAX_VALUE));
            try (Result result = session.generate(request, plan, StepListener.SILENT)) {
                assertThat(TinyRun.hash(result))
                        .isEqualTo(fresh(far, WAN, one))
                        .isNotEqualTo(plain);
            }
        }
    }

    /** What a device needs to merge a layer that comes has been planned. */
    @Test
    void streamedLayersAreMergedWithinWhatWasPlanned() {
        List<Adapters.Choice> one = List.of(choice(WAN, "one.kohya", 0.6));
        ModelSpec spec = Adapters.with(ModelSpec.of(Goldens.folder(WAN)), one);
        try (FarBackend far = new FarBackend(1L << 40);
                VideoPipeline model = Pipelines.open(Checkpoint.open(spec), far, DType.F32)) {
            Plan plan =
                    AdapterTest.streaming(model.plan(TinyRun.request(model, 1), Long.MAX_VALUE));
            try (Result result =
                    model.generate(TinyRun.request(model, 1), plan, StepListener.SILENT)) {
                assertThat(result.report().peakBytes()).isEqualTo(plan.peakBytes());
            }
        }
    }

    /**
     * A device sums what the host would, in any chunk of rows, for all that adapters are made of.
     */
    @Test
    void aDeviceMergesWhatTheHostWould() {
        for (String golden : List.of(WAN, "hunyuanvideo-t2v-tiny")) {
            List<Adapters.Choice> both =
                    List.of(choice(golden, "one.kohya", 0.6), choice(golden, "two.kohya", 0.5));
            ModelSpec spec = Adapters.with(ModelSpec.of(Goldens.folder(golden)), both);
            try (Backend cpu = Backends.open("cpu", note -> {});
                    Backend device = TestDevice.open();
                    FarBackend far = new FarBackend(1L << 40)) {
                Map<String, float[]> here = weights(spec, cpu);
                for (Backend other : List.of(far, device)) {
                    Map<String, float[]> there = weights(spec, other);
                    assertThat(there.keySet()).isEqualTo(here.keySet());
                    here.forEach((name, numbers) ->
                            assertThat(there.get(name))
                                    .as(name)
                                    .containsExactly(numbers, within(1e-6f)));
                }
                assertThat(far.memory().live()).isZero();
            }
        }
    }

    /** All weights of a transformer, as a backend has them. */
    private static Map<String, float[]> weights(ModelSpec spec, Backend backend) {
        Map<String, float[]> found = new LinkedHashMap<>();
        Path folder = spec.folder().resolve("transformer");
        Path single = folder.resolve("diffusion_pytorch_model.safetensors");
        Path file =
                Files.exists(single)
                        ? single
                        : folder.resolve("diffusion_pytorch_model.safetensors.index.json");
        try (SafeTensors plain = SafeTensors.open(file);
                Checkpoint model = Checkpoint.open(spec);
                WeightMemory memory = WeightMemory.resident(backend);
                Arena arena = Arena.ofShared()) {
            WeightSource source = model.weights("transformer", memory, DType.F32);
            for (String name : plain.names()) {
                Shape shape = plain.shape(name).orElseThrow();
                Tensor there = source.tensor(name, shape.dims());
                Tensor here = Tensor.zeros(arena, there.dtype(), shape.dims());
                backend.download(there, here);
                found.put(name, here.toFloats());
            }
        }
        return found;
    }

    /** On a device only what an adapter changes comes again, in place of what it was. */
    @Test
    void onlyChangedWeightsComeToTheDevice() {
        int changed;
        try (SafeTensors adapter = SafeTensors.open(file(WAN, "one.kohya"))) {
            changed =
                    (int)
                            adapter.names().stream()
                                    .filter(name -> name.endsWith(".lora_up.weight"))
                                    .count();
        }
        try (FarBackend far = new FarBackend(1L << 40);
                VideoPipeline session =
                        Pipelines.openSession(Goldens.folder(WAN), far, DType.F32)) {
            long plain = TinyRun.hashOf(session, 1);
            long held = far.memory().live();
            long withOne = held;
            int before = far.uploads();
            assertThat(TinyRun.hashOf(session, 1)).isEqualTo(plain);
            int each = far.uploads() - before; // of a run whose weights are all there
            for (double strength : new double[] {1, 0.6}) {
                List<Adapters.Choice> one = List.of(choice(WAN, "one.kohya", strength));
                adapt(session, WAN, one);
                assertThat(TinyRun.hashOf(session, 1)).isEqualTo(fresh(far, WAN, one));
                assertThat(withOne).isIn(held, far.memory().live()); // f32 sums of bf16 weights
                withOne = far.memory().live();
            }
            before = far.uploads();
            adapt(session, WAN, List.of());
            assertThat(TinyRun.hashOf(session, 1)).isEqualTo(plain);
            assertThat(far.uploads() - before - each).isEqualTo(changed);
            assertThat(far.memory().live()).isEqualTo(held);
        }
    }

    @Test
    void anAdapterThatDoesNotFitChangesNothing() {
        try (Backend cpu = Backends.open("cpu", note -> {});
                VideoPipeline session =
                        Pipelines.openSession(Goldens.folder(WAN), cpu, DType.F32)) {
            List<Adapters.Choice> one = List.of(choice(WAN, "one.peft", 1));
            adapt(session, WAN, one);
            long expected = TinyRun.hashOf(session, 1);
            List<Adapters.Choice> wrong =
                    List.of(one.getFirst(), choice("hunyuanvideo-t2v-tiny", "one.original", 1));
            assertThatThrownBy(() -> adapt(session, WAN, wrong))
                    .isInstanceOf(BadInputException.class)
                    .hasMessageContaining("expected an adapter for this model");
            assertThat(TinyRun.hashOf(session, 1)).isEqualTo(expected);
        }
    }

    /** Nothing but what an adapter is made of is read to hash the model again. */
    @Test
    void nameAndHashFollowTheAdapters() throws Exception {
        try (Backend cpu = Backends.open("cpu", note -> {});
                VideoPipeline session =
                        Pipelines.openSession(Goldens.folder(WAN), cpu, DType.F32)) {
            List<Adapters.Choice> one = List.of(choice(WAN, "one.peft", 0.6));
            String plain = modelHash(session, "WanPipeline wan-t2v-tiny");
            adapt(session, WAN, one);
            String adapted =
                    modelHash(
                            session,
                            "WanPipeline wan-t2v-tiny + one.peft.safetensors at 0.6 of transformer",
                            new Recipe.Adapter(
                                    "one.peft.safetensors",
                                    sha256(file(WAN, "one.peft")),
                                    0.6,
                                    List.of("transformer")));
            ModelSpec spec = Adapters.with(ModelSpec.of(Goldens.folder(WAN)), one);
            try (Checkpoint fresh = Checkpoint.open(spec)) {
                assertThat(adapted).isEqualTo(fresh.hash()).isNotEqualTo(plain);
            }
            adapt(session, WAN, List.of());
            assertThat(modelHash(session, "WanPipeline wan-t2v-tiny")).isEqualTo(plain);
        }
    }

    private static String sha256(Path file) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        return HexFormat.of().formatHex(digest.digest(Files.readAllBytes(file)));
    }

    private static String modelHash(
            VideoPipeline session, String name, Recipe.Adapter... adapters) {
        try (Result result = session.generate(TinyRun.request(session, 1), StepListener.SILENT)) {
            assertThat(result.recipe().model()).isEqualTo(name);
            Recipe read = Recipe.parse(result.recipe().json()).orElseThrow();
            assertThat(read.made().adapters()).containsExactly(adapters);
            return result.recipe().made().modelHash();
        }
    }
}
