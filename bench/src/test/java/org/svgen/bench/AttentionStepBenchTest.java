package org.svgen.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.svgen.pipeline.AttentionSettings.Precision;
import org.svgen.sparse.VideoGeometry.TextPlace;
import org.svgen.tensor.op.Ops.HeadNorm;

class AttentionStepBenchTest {
    private final List<String> notes = new ArrayList<>();

    @Test
    void measuresTheWholeStepAndItsParts() {
        AttentionShape shape =
                new AttentionShape(
                        "small", 2, 3, 16, 5, 4, 6, TextPlace.FIRST, 7, HeadNorm.Kind.LAYER, false);
        AttentionStepBench.Outcome outcome = run(shape, 0.5, 0.9);
        assertThat(outcome.tokens()).isEqualTo(127);
        assertThat(outcome.denseMilliseconds()).isPositive();
        assertThat(outcome.widthsMilliseconds()).isPositive();
        assertThat(outcome.steps())
                .hasSize(2)
                .allSatisfy(step -> {
                    assertThat(step.milliseconds()).isPositive();
                    assertThat(step.splitMilliseconds()).isPositive();
                    assertThat(step.profileMilliseconds()).isPositive();
                    assertThat(step.attentionMilliseconds()).isPositive();
                    assertThat(step.ofDense()).isPositive();
                    assertThat(step.splitRepetitions()).isPositive();
                    assertThat(step.profileRepetitions()).isPositive();
                    assertThat(step.attentionRepetitions()).isPositive();
                    assertThat(step.temporalHeads()).isBetween(0L, 6L);
                });
        assertThat(outcome.steps().getFirst().density()).isCloseTo(0.5, within(0.02));
        assertThat(outcome.steps().getLast().density()).isCloseTo(0.9, within(0.02));
    }

    @Test
    void measuresStepsWithoutTextThatAllSeeTheFirstFrameIn() {
        AttentionShape shape =
                new AttentionShape(
                        "small",
                        1,
                        3,
                        16,
                        9,
                        4,
                        4,
                        TextPlace.NONE,
                        0,
                        HeadNorm.Kind.RMS_ACROSS,
                        true);
        AttentionStepBench.Step step = run(shape, 0.4).steps().getFirst();
        assertThat(step.density()).isBetween(1 / 9.0, 0.4);
        assertThat(step.attentionMilliseconds()).isPositive();
        assertThat(notes).isEmpty();
    }

    @Test
    void saysWhatIsCounted() {
        AttentionShape shape =
                new AttentionShape(
                        "small", 1, 2, 16, 3, 2, 2, TextPlace.LAST, 2, HeadNorm.Kind.RMS, false);
        List<String> text = run(shape, 0.7).text();
        assertThat(text.getFirst()).startsWith("small, (1, 2, 14, 16), on ");
        assertThat(text)
                .anyMatch(line -> line.startsWith("a step is all from the projections"))
                .anyMatch(line -> line.startsWith("dense attention alone "))
                .anyMatch(line -> line.startsWith("steps wait for the device one by one"))
                .anyMatch(line -> line.startsWith("step of density 0."))
                .anyMatch(line -> line.matches(".* TB/s \\(mean of \\d+ back to back\\)"))
                .anyMatch(line -> line.contains("TFLOP/s of kept pairs"));
        assertThat(notes).isEmpty();
    }

    @Test
    void tellsWhichDensityCannotBeReached() {
        AttentionShape shape =
                new AttentionShape(
                        "small", 1, 2, 16, 3, 2, 2, TextPlace.LAST, 6, HeadNorm.Kind.RMS, false);
        run(shape, 0.1);
        assertThat(notes).anyMatch(note -> note.startsWith("density 0.100 cannot be reached"));
    }

    private AttentionStepBench.Outcome run(AttentionShape shape, Double... densities) {
        return AttentionStepBench.run(
                shape, List.of(densities), Precision.AUTO, "cpu", 1, notes::add);
    }
}
