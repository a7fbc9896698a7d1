package org.svgen.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.svgen.pipeline.Amount;
import org.svgen.pipeline.AttentionBuilder;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.AttentionSettings.Budget;
import org.svgen.pipeline.AttentionSettings.Mode;
import org.svgen.pipeline.StepListener;
import org.svgen.sparse.AttentionPolicy;
import org.svgen.sparse.AttentionStatistics;
import org.svgen.sparse.OfficialRules;
import org.svgen.sparse.VideoGeometry;
import org.svgen.sparse.VideoGeometry.TextPlace;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Workspace;
import org.svgen.testkit.TestDevice;

/** Branches of guidance whose texts are not equally long: each attends as if it were alone. */
class UnevenBranchesTest {
    private static final int HEADS = 2;
    private static final int DIM = 16;
    private static final int LAYERS = 2;
    private static final VideoGeometry SHORT = geometry(3);
    private static final VideoGeometry LONG = geometry(20);
    private static final double[] TIMES = {900, 800, 700};

    private final Backend backend = TestDevice.open();
    private final Arena arena = Arena.ofShared();
    private final Workspace workspace = new Workspace(backend, 32 << 20);

    @AfterEach
    void close() {
        workspace.close();
        arena.close();
        backend.close();
    }

    @ParameterizedTest
    @EnumSource(value = Mode.class, mode = EnumSource.Mode.EXCLUDE, names = "PAB")
    void eachBranchAttendsAsIfAlone(Mode mode) {
        AttentionSettings settings = settings(mode).budget(Budget.FIXED).build();
        DenoiserShape both = shape(SHORT, LONG);
        AttentionPolicy policy = policy(settings, both);
        AttentionPolicy first = policy(settings, shape(SHORT));
        AttentionPolicy second = policy(settings, shape(LONG));
        for (int step = 0; step < 2; step++) {
            policy.beginStep(step, TIMES[step]);
            first.beginStep(step, TIMES[step]);
            second.beginStep(step, TIMES[step]);
            for (int layer = 0; layer < LAYERS; layer++) {
                assertThat(attend(policy, layer, 0, SHORT))
                        .isEqualTo(attend(first, layer, 0, SHORT));
                assertThat(attend(policy, layer, 1, LONG))
                        .isEqualTo(attend(second, layer, 0, LONG));
            }
            policy.endStep();
            first.endStep();
            second.endStep();
        }
        AttentionStatistics all = policy.statistics();
        double pairs = Math.pow(SHORT.tokens(), 2);
        double more = Math.pow(LONG.tokens(), 2);
        assertThat(all.density())
                .isCloseTo(
                        (first.statistics().density() * pairs
                                        + second.statistics().density() * more)
                                / (pairs + more),
                        within(1e-9));
        for (int layer = 0; layer < LAYERS; layer++) {
            String kinds = first.statistics().stepHeads().get(layer);
            String others = second.statistics().stepHeads().get(layer);
            assertThat(all.stepHeads().get(layer)).isEqualTo((kinds + " " + others).strip());
        }
    }

    /** What one branch does not need is the other's: the whole keeps to its density. */
    @Test
    void branchesSpendOneBudget() {
        AttentionSettings settings =
                settings(Mode.SVG).budget(Budget.MOVING).headTolerance(1).build();
        AttentionPolicy policy = policy(settings, shape(SHORT, LONG));
        for (int step = 0; step < 3; step++) {
            policy.beginStep(step, TIMES[step]);
            for (int layer = 0; layer < LAYERS; layer++) {
                attend(policy, layer, 0, SHORT);
                attend(policy, layer, 1, LONG);
            }
            policy.endStep();
        }
        assertThat(policy.statistics().sparseDensity().orElseThrow()).isBetween(0.3, 0.62);
        assertThat(policy.statistics().missed().error()).isPresent();
    }

    private AttentionPolicy policy(AttentionSettings settings, DenoiserShape shape) {
        return AttentionPolicies.create(
                settings,
                AttentionPolicies.Run.even(shape, TIMES, 3, settings),
                workspace,
                arena,
                StepListener.SILENT);
    }

    private static AttentionBuilder settings(Mode mode) {
        return AttentionSettings.builder()
                .mode(mode)
                .density(0.5)
                .denseSteps(new Amount.Count(0))
                .denseLayers(new Amount.Count(1))
                .sampledRows(8);
    }

    private static DenoiserShape shape(VideoGeometry... branches) {
        return new DenoiserShape(
                List.of(branches), LAYERS, HEADS, DIM, OfficialRules.HUNYUAN, false);
    }

    private static VideoGeometry geometry(int text) {
        return new VideoGeometry(6, 24, TextPlace.LAST, text, text, 6);
    }

    private float[] attend(AttentionPolicy policy, int layer, int branch, VideoGeometry g) {
        Random random = new Random(31L * layer + g.tokens());
        try (var _ = workspace.scope()) {
            Tensor q = random(random, g);
            Tensor k = random(random, g);
            Tensor v = random(random, g);
            Tensor out = workspace.allocate(DType.F32, 1, g.tokens(), HEADS, DIM);
            policy.attend(workspace, layer, branch, q, k, v, out);
            return TestDevice.host(backend, out).toFloats();
        }
    }

    private Tensor random(Random random, VideoGeometry g) {
        float[] values = new float[HEADS * g.tokens() * DIM];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return workspace.copyOf(Tensor.of(arena, values, 1, HEADS, g.tokens(), DIM));
    }
}
