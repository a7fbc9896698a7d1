package org.svgen.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.svgen.models.Pipelines;
import org.svgen.pipeline.Amount;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.AttentionSettings.Budget;
import org.svgen.pipeline.AttentionSettings.Mode;
import org.svgen.pipeline.AttentionSettings.Tail;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Stage;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.op.Op;
import org.svgen.testkit.FarBackend;
import org.svgen.testkit.Goldens;

/** A plan counts as much attention as a run computes; forecasts go by it. */
class PlannedAttentionTest {
    private static final Set<String> ATTENTION = Set.of("attention", "blockAttention");
    private static final double DENSITY = 0.25;
    private static final int STEPS = 4;

    @ParameterizedTest
    @CsvSource({
        "SVG, MOVING, OFF",
        "SVG, HEADS, OFF",
        "SVG, SNR, OFF",
        "SVG, FIXED, OFF",
        "SVG, MOVING, ON",
        "SVG_OFFICIAL, FIXED, OFF",
        "SVG2, FIXED, OFF",
        "EAR, FIXED, OFF",
        "SOL, FIXED, OFF",
        "TOPK, FIXED, OFF",
        "MINFERENCE, FIXED, OFF",
        "STA, FIXED, OFF"
    })
    void sparseStepsCountWithTheDensityAskedFor(Mode mode, Budget budget, Tail tail) {
        double dense = work(AttentionSettings.DEFAULT.toBuilder().mode(Mode.DENSE).build());
        double sparse =
                work(
                        AttentionSettings.DEFAULT.toBuilder()
                                .mode(mode)
                                .budget(budget)
                                .tail(tail)
                                .density(DENSITY)
                                .denseSteps(new Amount.Count(1))
                                .denseLayers(new Amount.Count(0))
                                .build());
        assertThat(sparse / dense * STEPS)
                .isCloseTo(1 + (STEPS - 1) * DENSITY, withinPercentage(8));
    }

    /** What attention within the video costs in a run of four steps. */
    private static double work(AttentionSettings attention) {
        try (Backend backend = new FarBackend(1L << 44);
                VideoPipeline pipeline = Pipelines.open(Goldens.folder("wan-t2v-tiny"), backend)) {
            Request request =
                    Request.builder(pipeline.defaults())
                            .prompt("a panda")
                            .size(832, 480)
                            .frames(81)
                            .steps(STEPS)
                            .attention(attention)
                            .build();
            return pipeline.plan(request, Long.MAX_VALUE).stages().stream()
                    .filter(stage -> stage.stage().kind() == Stage.Kind.DENOISE)
                    .flatMap(stage -> stage.need().work().calls().stream())
                    .filter(call -> ATTENTION.contains(call.op().name()) && withinVideo(call.op()))
                    .mapToDouble(call -> call.total())
                    .sum();
        }
    }

    private static boolean withinVideo(Op op) {
        return op.tensors().get(1).size(2) > 1000; // keys: a text has fewer
    }
}
