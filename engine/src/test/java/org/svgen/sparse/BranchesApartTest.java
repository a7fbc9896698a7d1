package org.svgen.sparse;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.NullSource;
import org.svgen.sparse.VideoGeometry.TextPlace;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Workspace;
import org.svgen.testkit.TestDevice;

/** Branches of guidance that attend one after the other, and both in one batch. */
class BranchesApartTest {
    private static final int HEADS = 4;
    private static final int DIM = 32;
    private static final int LAYERS = 2;
    private static final int ROWS = 32;

    private final VideoGeometry geometry = new VideoGeometry(7, 45, TextPlace.NONE, 0, 0);

    /** What a step gives: the output of each layer, and what was counted. */
    private record Outcome(float[][] out, AttentionStatistics statistics) {}

    @ParameterizedTest
    @NullSource
    @EnumSource(
            value = HeadKind.class,
            names = {"SPATIAL", "TEMPORAL"})
    void giveTheSameOutputAndTheSameStatistics(@Nullable HeadKind fixed) {
        try (Arena arena = Arena.ofShared();
                Backend backend = TestDevice.open();
                Workspace workspace = new Workspace(backend, 1 << 20)) {
            Outcome together = step(arena, workspace, fixed, 2);
            Outcome apart = step(arena, workspace, fixed, 1);
            for (int layer = 0; layer < LAYERS; layer++) {
                assertThat(apart.out[layer]).isEqualTo(together.out[layer]);
                for (HeadKind kind : HeadKind.values()) {
                    assertThat(apart.statistics.heads(layer, kind))
                            .as("%s heads of layer %s", kind, layer)
                            .isEqualTo(together.statistics.heads(layer, kind));
                }
            }
            assertThat(together.statistics.heads(0, HeadKind.SPATIAL)).as("warm-up").isZero();
            assertThat(apart.statistics.stepHeads()).isEqualTo(together.statistics.stepHeads());
            assertThat(apart.statistics.stepHeads().get(1)).hasSize(2 * HEADS + 1).contains(" ");
            assertThat(apart.statistics.stepDensity())
                    .isEqualTo(together.statistics.stepDensity())
                    .isLessThan(1);
            assertThat(apart.statistics.sparseDensity())
                    .isEqualTo(together.statistics.sparseDensity());
        }
    }

    /** A step of two layers, of which the first attends densely. */
    private Outcome step(Arena arena, Workspace workspace, @Nullable HeadKind fixed, int atOnce) {
        int[] rows = RowSource.stratified(geometry, ROWS, Geometries.random(3)).rows();
        SparseRules rules =
                SparseRules.corrected(
                        Band.ofDensity(geometry, 0.35, 0),
                        () -> rows,
                        Float.POSITIVE_INFINITY,
                        fixed);
        SparseVideoGen policy =
                new SparseVideoGen(
                        geometry,
                        rules,
                        WarmUp.first(0, 1),
                        SparseMemory.allocate(workspace, arena, rules, LAYERS, 2, HEADS),
                        workspace.backend(),
                        new AttentionStatistics(LAYERS),
                        Course.even(new double[1], 2),
                        Optional.empty());
        PlantedHeads.Qkv a =
                PlantedHeads.of(arena, geometry, HEADS, DIM, 1.2, Geometries.random(1));
        PlantedHeads.Qkv b =
                PlantedHeads.of(arena, geometry, HEADS + 1, DIM, 1.2, Geometries.random(2));
        Tensor q = both(arena, a.q(), b.q());
        Tensor k = both(arena, a.k(), b.k());
        Tensor v = both(arena, a.v(), b.v());
        float[][] out = new float[LAYERS][];
        policy.beginStep(0, 0);
        for (int layer = 0; layer < LAYERS; layer++) {
            Tensor to = Tensor.zeros(arena, DType.F32, 2, geometry.tokens(), HEADS, DIM);
            for (int branch = 0; branch < 2; branch += atOnce) {
                int end = branch + atOnce;
                policy.attend(
                        workspace,
                        layer,
                        branch,
                        q.rows(branch, end),
                        k.rows(branch, end),
                        v.rows(branch, end),
                        to.rows(branch, end));
            }
            out[layer] = to.toFloats();
        }
        policy.endStep();
        return new Outcome(out, policy.statistics());
    }

    /** Two branches; the second begins with the second head. */
    private static Tensor both(Arena arena, Tensor first, Tensor second) {
        float[] a = first.toFloats();
        float[] b = second.get(0).rows(1, HEADS + 1L).toFloats();
        float[] all = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, all, a.length, b.length);
        return Tensor.of(arena, all, 2, first.size(1), first.size(2), first.size(3));
    }
}
