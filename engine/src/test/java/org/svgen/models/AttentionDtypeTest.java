package org.svgen.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.svgen.pipeline.Amount;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.AttentionSettings.Mode;
import org.svgen.pipeline.AttentionSettings.Precision;
import org.svgen.pipeline.Recipe;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Result;
import org.svgen.pipeline.StepListener;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Backends;
import org.svgen.tensor.op.AttentionPrecision;
import org.svgen.testkit.EightBitsBackend;
import org.svgen.testkit.Goldens;

/** Which calls of whole runs are in 8 bits, and what recipes and reports say of it. */
class AttentionDtypeTest {
    /** Self-attention of text and video together, and text encoders of their own. */
    private static final String HUNYUAN = "hunyuanvideo-tiny";

    private static final String WAN = "wan22-t2v-tiny";
    private static final int STEPS = 4;
    private static final int WARM_UP = 2;

    private final EightBitsBackend backend = new EightBitsBackend(64);

    @AfterEach
    void close() {
        backend.close();
    }

    private static Request request(VideoPipeline pipeline, Mode mode, Precision precision) {
        return request(pipeline, mode, precision, 0);
    }

    private static Request request(
            VideoPipeline pipeline, Mode mode, Precision precision, int denseLayers) {
        AttentionSettings attention =
                pipeline.defaults().attention().toBuilder()
                        .mode(mode)
                        .density(0.5)
                        .denseSteps(new Amount.Count(WARM_UP))
                        .denseLayers(new Amount.Count(denseLayers))
                        .sampledRows(8)
                        .attentionDtype(precision)
                        .build();
        return Request.builder(pipeline.defaults())
                .prompt("a panda plays guitar")
                .size(64, 48)
                .frames(9)
                .steps(STEPS)
                .attention(attention)
                .build();
    }

    private Result run(String model, Mode mode, Precision precision) {
        return run(model, mode, precision, 0);
    }

    private Result run(String model, Mode mode, Precision precision, int denseLayers) {
        backend.forget();
        try (VideoPipeline pipeline = Pipelines.open(Goldens.folder(model), backend)) {
            Request request = request(pipeline, mode, precision, denseLayers);
            return pipeline.generate(request, StepListener.SILENT);
        }
    }

    private long eightBits() {
        return backend.attended().stream()
                .filter(o -> o.precision() == AttentionPrecision.EIGHT_BITS)
                .count();
    }

    /** Calls of text encoders, of cross attention and of the autoencoder stay as they are. */
    @ParameterizedTest
    @CsvSource({HUNYUAN + ", 1", WAN + ", 0"})
    void theWarmUpStaysInFullPrecisionUnlessToldOtherwise(String model, int denseLayers) {
        long all;
        int layers;
        try (Result dense = run(model, Mode.DENSE, Precision.FP8)) {
            all = eightBits();
            layers = dense.report().layers().size();
            assertThat(dense.report().receipt().eightBits()).isEqualTo(1);
        }
        assertThat(all).isPositive().isLessThan(backend.attended().size());
        try (Result sparse = run(model, Mode.SVG, Precision.FP8, denseLayers)) {
            assertThat(eightBits() * STEPS * layers)
                    .isEqualTo(all * (STEPS - WARM_UP) * (layers - denseLayers));
            assertThat(sparse.report().receipt().eightBits()).isBetween(0.1, 0.9);
            assertThat(sparse.recipe().fields()).containsEntry("attention_dtype", "fp8");
        }
        run(model, Mode.SVG, Precision.FP8_ALL).close();
        assertThat(eightBits()).isEqualTo(all);
    }

    @Test
    void broadcastsWarmUpStaysInFullPrecisionToo() {
        run(HUNYUAN, Mode.PAB, Precision.FP8).close();
        long behind = eightBits();
        run(HUNYUAN, Mode.PAB, Precision.FP8_ALL).close();
        long warmUpToo = eightBits();
        assertThat(behind).isPositive();
        run(HUNYUAN, Mode.DENSE, Precision.FP8).close();
        assertThat(warmUpToo - behind).isEqualTo(eightBits() * WARM_UP / STEPS);
    }

    /** The errors say how far bands are from dense attention, whatever attention multiplies in. */
    @Test
    void profilesAndReceiptsAreInFullPrecision() {
        try (Result full = run(WAN, Mode.SVG, Precision.AUTO)) {
            double error = full.report().receipt().error().orElseThrow();
            assertThat(full.report().receipt().eightBits()).isZero();
            assertThat(eightBits()).isZero();
            try (Result few = run(WAN, Mode.SVG, Precision.FP8)) {
                assertThat(few.report().steps().get(WARM_UP - 1).error())
                        .isEqualTo(full.report().steps().get(WARM_UP - 1).error());
                assertThat(few.report().receipt().error().orElseThrow())
                        .isCloseTo(error, within(error / 2));
                assertThat(TinyRun.hash(few)).isNotEqualTo(TinyRun.hash(full));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"AUTO", "F32", "BF16"})
    void theRecipeNamesWhatLayersComputeInAndItsRequestGivesTheSameBits(Precision precision) {
        try (Result result = run(WAN, Mode.SVG, precision)) {
            assertThat(result.recipe().fields()).containsEntry("attention_dtype", "f32");
            Recipe read = Recipe.parse(result.recipe().json()).orElseThrow();
            assertThat(read.request().attention().attentionDtype()).isEqualTo(Precision.F32);
            try (Result again = run(WAN, Mode.SVG, Precision.F32)) {
                assertThat(TinyRun.hash(again)).isEqualTo(TinyRun.hash(result));
            }
        }
    }

    @Test
    void aTypeThatLayersDoNotHaveIsToldOf() {
        try (VideoPipeline pipeline = Pipelines.open(Goldens.folder(WAN), backend)) {
            assertThat(pipeline.unused(request(pipeline, Mode.SVG, Precision.BF16)))
                    .contains("attention computes in f32 as the layers do, not in bf16");
            for (Precision fine : List.of(Precision.AUTO, Precision.F32, Precision.FP8)) {
                assertThat(pipeline.unused(request(pipeline, Mode.SVG, fine))).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"FP8", "FP8_ALL"})
    void aDeviceWithoutItRefusesBeforeAnythingIsLoaded(Precision precision) {
        try (Backend cpu = Backends.open("cpu", note -> {});
                VideoPipeline pipeline = Pipelines.open(Goldens.folder(WAN), cpu)) {
            assertThatThrownBy(() -> pipeline.check(request(pipeline, Mode.SVG, precision)))
                    .isInstanceOfSatisfying(
                            BadInputException.class,
                            e -> assertThat(e.field()).hasValue("attentionDtype"))
                    .hasMessage(
                            "attentionDtype %s: expected a device that attends in 8 bits, found cpu"
                                    + " with layers in f32 and heads of %d channels (it computes"
                                    + " attention in full precision alone); auto takes what is there",
                            precision, 32);
        }
    }

    /** A device may have it for other heads than the model's, or for some plans alone. */
    @Test
    void headsThatTheDeviceDoesNotTakeAreRefusedToo() {
        try (EightBitsBackend few = new EightBitsBackend(4);
                VideoPipeline pipeline = Pipelines.open(Goldens.folder(WAN), few)) {
            Request request = request(pipeline, Mode.SVG, Precision.FP8);
            assertThatThrownBy(() -> pipeline.plan(request, Long.MAX_VALUE))
                    .isInstanceOf(BadInputException.class)
                    .hasMessageContaining("heads of more than 4 channels");
            assertThat(few.attended()).isEmpty();
        }
    }
}
