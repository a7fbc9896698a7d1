package org.svgen.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.svgen.pipeline.Plan;
import org.svgen.pipeline.Recipe;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Result;
import org.svgen.pipeline.Stage;
import org.svgen.pipeline.StageNeed;
import org.svgen.pipeline.StagePlan;
import org.svgen.pipeline.StepListener;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Backends;
import org.svgen.tensor.device.ForwardingBackend;
import org.svgen.tensor.op.LinearOp;
import org.svgen.tensor.op.LinearPairOp;
import org.svgen.tensor.op.Op;
import org.svgen.tensor.op.Ops;
import org.svgen.tensor.op.Weight;
import org.svgen.tensor.op.Weight.Inputs;
import org.svgen.testkit.Goldens;

/** Which products of whole runs are in 8 bits, and what plans and recipes say of it. */
class ProductsInEightBitsTest {
    /** The CPU, with notes on its products. */
    private static final class Noting extends ForwardingBackend {
        private final List<Weight> weights = new ArrayList<>();

        Noting() {
            super(Backends.open("cpu", note -> {}));
        }

        @Override
        public Ops ops() {
            return op -> {
                weight(op).ifPresent(weights::add);
                super.ops().run(op);
            };
        }

        private static Optional<Weight> weight(Op op) {
            return switch (op) {
                case LinearOp o -> Optional.of(o.weight());
                case LinearPairOp o -> Optional.of(o.weight());
                default -> Optional.empty();
            };
        }

        long eightBits() {
            return weights.stream().filter(w -> w.inputs() == Inputs.EIGHT_BITS).count();
        }
    }

    private static Request request(VideoPipeline pipeline, DType type) {
        return TinyRun.request(pipeline, 0).toBuilder().dtype(type).build();
    }

    /**
     * HunyuanVideo: a block of two streams with six products each, and one of five. Wan: a model of
     * one block has none but the first and the last, and says so.
     *
     * @param products in 8 bits of a forward pass
     */
    @ParameterizedTest
    @CsvSource({"hunyuanvideo-tiny, 17", "wan22-t2v-tiny, 0"})
    void areThoseOfAttentionAndFeedForwardWithinBlocks(String model, int products) {
        try (Noting backend = new Noting();
                VideoPipeline pipeline = Pipelines.open(Goldens.folder(model), backend)) {
            long full = hash(pipeline, DType.F32);
            assertThat(backend.eightBits()).isZero();
            List<String> notes = new ArrayList<>();
            long few = hash(pipeline, DType.F8_E4M3, notes::add);
            assertThat(backend.eightBits()).isEqualTo(products);
            String none =
                    "dtype fp8: no product is in 8 bits: this model has no blocks between its first and its last, which stay as they are";
            assertThat(notes.contains(none)).isEqualTo(products == 0);
            assertThat(few == full).isEqualTo(products == 0);
            assertThat(hash(pipeline, DType.F8_E4M3)).isEqualTo(few);
        }
    }

    private static long hash(VideoPipeline pipeline, DType type) {
        return hash(pipeline, type, note -> {});
    }

    private static long hash(VideoPipeline pipeline, DType type, Consumer<String> notes) {
        StepListener listener =
                new StepListener() {
                    @Override
                    public void note(String line) {
                        notes.accept(line);
                    }
                };
        try (Result result = pipeline.generate(request(pipeline, type), listener)) {
            return TinyRun.hash(result);
        }
    }

    /** What was loaded for one is not used for the other. */
    @Test
    void aSessionLoadsTheDenoiserAnewWhereTheyChange() {
        try (Noting backend = new Noting();
                VideoPipeline once = Pipelines.open(Goldens.folder("hunyuanvideo-tiny"), backend);
                VideoPipeline session =
                        Pipelines.openSession(Goldens.folder("hunyuanvideo-tiny"), backend)) {
            for (DType type : List.of(DType.F32, DType.F8_E4M3, DType.F8_E4M3, DType.F32)) {
                assertThat(hash(session, type)).as("%s", type).isEqualTo(hash(once, type));
            }
        }
    }

    @Test
    void theRecipeSaysSoAndThePlanTakesLess() {
        try (Noting backend = new Noting();
                VideoPipeline pipeline =
                        Pipelines.open(Goldens.folder("hunyuanvideo-tiny"), backend)) {
            Request request = request(pipeline, DType.F8_E4M3);
            assertThat(weights(pipeline.plan(request, Long.MAX_VALUE)))
                    .isLessThan(
                            weights(pipeline.plan(request(pipeline, DType.F32), Long.MAX_VALUE)));
            try (Result result = pipeline.generate(request, StepListener.SILENT)) {
                assertThat(result.recipe().fields()).containsEntry("dtype", "fp8");
                Recipe read = Recipe.parse(result.recipe().json()).orElseThrow();
                assertThat(read.request().dtype()).isEqualTo(DType.F8_E4M3);
                assertThat(read.request().noiseType()).isEqualTo(DType.F32);
            }
        }
    }

    private static long weights(Plan plan) {
        return plan.stages().stream()
                .filter(stage -> stage.stage().kind() == Stage.Kind.DENOISE)
                .map(StagePlan::need)
                .mapToLong(StageNeed::weightBytes)
                .sum();
    }

    @Test
    void aDeviceWithoutThemRefusesBeforeAnythingIsLoaded() {
        Backend cpu = Backends.open("cpu", note -> {});
        Backend without =
                new ForwardingBackend(cpu) {
                    @Override
                    public Optional<String> refuses(Op op) {
                        return Optional.of("too old");
                    }
                };
        try (without;
                VideoPipeline pipeline =
                        Pipelines.open(Goldens.folder("hunyuanvideo-tiny"), without)) {
            assertThatThrownBy(() -> pipeline.check(request(pipeline, DType.F8_E4M3)))
                    .isInstanceOfSatisfying(
                            BadInputException.class, e -> assertThat(e.field()).hasValue("dtype"))
                    .hasMessage(
                            "dtype fp8: expected a device that multiplies in 8 bits, found cpu with"
                                    + " layers in f32 (too old); auto takes what is there");
        }
    }
}
