package org.svgen.sparse;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.svgen.sparse.VideoGeometry.TextPlace;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.BlockMap;
import org.svgen.testkit.Errors;

class SolAttentionTest extends OnDevice {
    private static final int DIM = 32;
    private static final int HEADS = 2;

    SolAttentionTest() {
        super(1 << 22);
    }

    private static VideoGeometry geometry(TextPlace place, int text) {
        return new VideoGeometry(5, 77, place, text, place == TextPlace.LAST ? text / 2 : text, 11);
    }

    private ListAttention policy(
            VideoGeometry g, OptionalDouble tau, double density, boolean tail, BlockOrder order) {
        return policy(g, new SolRules(tau, density, order, 1), tail);
    }

    private ListAttention policy(VideoGeometry g, SolRules rules, boolean tail) {
        return new ListAttention(
                g,
                new SolLists(workspace, g, rules, HEADS),
                tail,
                WarmUp.first(1, 0),
                Precisions.FULL,
                BlockMemory.allocate(workspace, arena, 1, 1, HEADS),
                backend,
                new AttentionStatistics(1),
                Course.even(new double[9], 1));
    }

    private PlantedHeads.Qkv planted(VideoGeometry g) {
        return PlantedHeads.of(arena, g, HEADS, DIM, 1.2, Geometries.random(5));
    }

    /** The rows of the video and of the prompt: nobody reads those of padding. */
    private float[] attend(VideoGeometry g, AttentionPolicy policy, int step, PlantedHeads.Qkv x) {
        Tensor out = Tensor.zeros(arena, DType.F32, 1, g.tokens(), HEADS, DIM);
        policy.beginStep(step, 0);
        policy.attend(workspace, 0, x.q(), x.k(), x.v(), out);
        policy.endStep();
        int read = g.text() == TextPlace.LAST ? g.promptTo() : g.tokens();
        return out.get(0).rows(0, read).toFloats();
    }

    @ParameterizedTest
    @CsvSource({"NONE,0", "FIRST,1", "FIRST,226", "LAST,256", "LAST,512"})
    void allBlocksGiveDenseAttention(TextPlace place, int text) {
        VideoGeometry g = geometry(place, text);
        PlantedHeads.Qkv x = planted(g);
        float[] dense = attend(g, new Dense(g, new AttentionStatistics(1)), 1, x);
        OptionalDouble lowest = OptionalDouble.of(-10);
        for (boolean tail : new boolean[] {true, false}) {
            for (ListAttention all :
                    List.of(
                            policy(g, OptionalDouble.empty(), 1, tail, BlockOrder.RASTER),
                            policy(g, lowest, 0.1, tail, BlockOrder.RASTER),
                            policy(g, new SolRules(lowest, 0.1, BlockOrder.RASTER, 3), tail))) {
                float[] out = attend(g, all, 1, x);
                // Dense attention takes text by itself: its sums have another order.
                double most = place == TextPlace.NONE ? 0 : 1e-6;
                assertThat(Errors.relative(out, dense)).isLessThanOrEqualTo(most);
            }
        }
        ListAttention moved = policy(g, lowest, 0.1, true, BlockOrder.MORTON);
        assertThat(Errors.relative(attend(g, moved, 1, x), dense)).isLessThan(1e-5);
    }

    @ParameterizedTest
    @EnumSource(BlockOrder.class)
    void keepsAsMuchAsTheDensityAllowsAndTellsWhatEachHeadKept(BlockOrder order) {
        VideoGeometry g = new VideoGeometry(16, 128, TextPlace.FIRST, 20, 20, 16);
        PlantedHeads.Qkv x = planted(g);
        ListAttention policy = policy(g, OptionalDouble.empty(), 0.4, true, order);
        attend(g, policy, 1, x);
        AttentionStatistics counted = policy.statistics();
        assertThat(counted.stepDensity()).isBetween(0.38, 0.4);
        assertThat(counted.sparseDensity()).hasValue(counted.stepDensity());
        assertThat(counted.stepDensities()).singleElement().asString().matches("(39|40) (39|40)");
        assertThat(counted.stepHeads()).containsExactly("");
    }

    @ParameterizedTest
    @EnumSource(BlockOrder.class)
    void queriesOfThreeBlocksAttendToTheSameKeys(BlockOrder order) {
        VideoGeometry g = new VideoGeometry(16, 128, TextPlace.FIRST, 20, 20, 16);
        PlantedHeads.Qkv x = planted(g);
        SolRules rules = new SolRules(OptionalDouble.empty(), 0.4, order, 3);
        BlockMap map = new SolLists(workspace, g, rules, HEADS).of(workspace, x.q(), x.k()).map();
        assertThat(map.queries().bounds().get(0).host().toArray(ValueLayout.JAVA_INT_UNALIGNED))
                .startsWith(0, 20, 212, 404)
                .endsWith(2048 + 20 - 128, 2048 + 20);
        assertThat(map.keys().count()).isEqualTo(33);
        ListAttention policy = policy(g, rules, true);
        attend(g, policy, 1, x);
        assertThat(policy.statistics().stepDensity()).isBetween(0.38, 0.4);
    }

    @Test
    void aTailComesCloserToDenseAttention() {
        VideoGeometry g = geometry(TextPlace.FIRST, 20);
        PlantedHeads.Qkv x = planted(g);
        float[] dense = attend(g, new Dense(g, new AttentionStatistics(1)), 1, x);
        double[] errors = new double[2];
        for (int i = 0; i < 2; i++) {
            ListAttention policy = policy(g, OptionalDouble.of(1), 1, i == 1, BlockOrder.RASTER);
            errors[i] = Errors.relative(attend(g, policy, 1, x), dense);
        }
        assertThat(errors[1]).isLessThan(errors[0]);
    }

    @Test
    void theWarmUpIsDenseAndTheSameCallGivesTheSameBits() {
        VideoGeometry g = geometry(TextPlace.LAST, 30);
        PlantedHeads.Qkv x = planted(g);
        ListAttention policy = policy(g, OptionalDouble.empty(), 0.5, true, BlockOrder.RASTER);
        float[] dense = attend(g, new Dense(g, new AttentionStatistics(1)), 0, x);
        assertThat(attend(g, policy, 0, x)).isEqualTo(dense);
        assertThat(policy.statistics().stepDensities()).containsExactly("");
        float[] once = attend(g, policy, 1, x);
        assertThat(once).isNotEqualTo(dense);
        assertThat(attend(g, policy, 2, x)).isEqualTo(once);
    }

    @Test
    void mortonsCurveGoesThroughBricksAndLeavesTextInItsPlace() {
        VideoGeometry g = new VideoGeometry(4, 16, TextPlace.FIRST, 2, 2, 4);
        int[] order = BlockOrder.MORTON.stored(g);
        assertThat(IntStream.of(order).sorted().toArray())
                .isEqualTo(IntStream.range(0, 66).toArray());
        // Columns first, then rows, then frames: a brick of 2 x 2 x 2.
        assertThat(IntStream.of(order).limit(10).toArray())
                .containsExactly(0, 1, 2, 3, 6, 7, 18, 19, 22, 23);
    }

    @Test
    void noBlockHoldsTextAndVideoOrPadding() {
        List<Integer> sizes = new ArrayList<>();
        VideoBlocks blocks = VideoBlocks.of(geometry(TextPlace.LAST, 140), 1);
        for (int i = 0; i < blocks.count(); i++) {
            sizes.add(blocks.bounds()[i + 1] - blocks.bounds()[i]);
        }
        assertThat(sizes).containsExactly(64, 13, 64, 64, 64, 64, 52, 64, 6);
        assertThat(blocks.videoFrom()).isZero();
        assertThat(blocks.videoTo()).isEqualTo(7);
    }
}
