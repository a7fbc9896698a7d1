package org.svgen.sparse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.svgen.sparse.VideoGeometry.TextPlace;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.BlockMap;
import org.svgen.testkit.Errors;

/** Bands of whole blocks, with means in place of what they leave out. */
class TailTest extends OnDevice {
    private static final int DIM = 32;
    private static final int HEADS = 4;

    TailTest() {
        super(1 << 22);
    }

    private static VideoGeometry geometry(TextPlace place) {
        int text = place == TextPlace.NONE ? 0 : 90;
        return new VideoGeometry(9, 150, place, text, place == TextPlace.LAST ? 70 : text);
    }

    @ParameterizedTest
    @CsvSource({"NONE,0", "NONE,1", "FIRST,0", "LAST,0"})
    void mapsKeepWhatTheBandsDoAndNoMoreThanWasAskedFor(TextPlace place, int sink) {
        VideoGeometry g = geometry(place);
        HeadChoices choices = HeadChoices.around(Band.ofDensity(g, 0.4, sink, Band.TAIL_BLOCK));
        BandMaps maps = BandMaps.allocate(workspace, g, choices, sink);
        double[] densities = choices.densities();
        int[] each = new int[choices.count()];
        for (int i = 0; i < each.length; i++) {
            each[i] = i;
        }
        Tensor which = workspace.copyOf(Tensor.of(arena, each, 1, each.length));
        Tensor kept = workspace.allocate(DType.F32, 1, each.length);
        workspace
                .ops()
                .blockDensity(
                        new BlockMap(maps.blocks(), maps.blocks(), maps.bits(), which),
                        g.tokens(),
                        g.tokens(),
                        kept);
        float[] counted = workspace.toHost(kept, arena).toFloats();
        // Nobody reads what padding attends to, so that maps leave it out.
        double padding = Math.pow((double) (g.textTokens() - g.promptTokens()) / g.tokens(), 2);
        for (int i = 0; i < counted.length; i++) {
            boolean banded = choices.kinds().get(i) != HeadKind.DENSE;
            assertThat(counted[i])
                    .as("choice %d, %s", i, choices.kinds().get(i))
                    .isCloseTo((float) (densities[i] - padding), within(1e-5f));
            assertThat(banded && choices.base().contains(i) ? densities[i] : 0)
                    .isLessThanOrEqualTo(0.4);
        }
        assertThat(maps.density()).isBetween(0.25, 0.4);
    }

    @Test
    void comesCloserToDenseAttentionThanTheSameBandsAlone() {
        VideoGeometry g = geometry(TextPlace.FIRST);
        PlantedHeads.Qkv x = PlantedHeads.of(arena, g, HEADS, DIM, 1.2, Geometries.random(5));
        float[] dense = attend(new Dense(g, new AttentionStatistics(1)), x);
        Band band = Band.ofDensity(g, 0.35, 0, Band.TAIL_BLOCK);
        double[] errors = new double[2];
        for (HeadKind fixed : List.of(HeadKind.SPATIAL, HeadKind.TEMPORAL, HeadKind.DENSE)) {
            for (int i = 0; i < 2; i++) {
                SparseRules rules =
                        SparseRules.corrected(
                                band,
                                RowSource.stratified(g, 64, Geometries.random(1)),
                                Float.POSITIVE_INFINITY,
                                fixed == HeadKind.DENSE ? null : fixed);
                SparseVideoGen policy = policy(g, i == 0 ? rules : rules.withTail(band));
                errors[i] = Errors.relative(attend(policy, x), dense);
                assertThat(policy.statistics().stepDensity())
                        .isCloseTo(band.density(), within(1e-6));
                assertThat(policy.statistics().missed().error().isPresent())
                        .isEqualTo(i == 0 && fixed == HeadKind.DENSE);
            }
            assertThat(errors[1]).as("%s", fixed).isLessThan(errors[0]);
        }
    }

    private SparseVideoGen policy(VideoGeometry g, SparseRules rules) {
        return new SparseVideoGen(
                g,
                rules,
                WarmUp.first(0, 0),
                SparseMemory.allocate(workspace, arena, rules, 1, 1, HEADS),
                backend,
                new AttentionStatistics(1),
                Course.even(new double[9], 1),
                Optional.empty());
    }

    private float[] attend(AttentionPolicy policy, PlantedHeads.Qkv x) {
        Tensor out = Tensor.zeros(arena, DType.F32, 1, x.q().size(2), x.q().size(1), x.q().size(3));
        policy.beginStep(0, 0);
        policy.attend(workspace, 0, x.q(), x.k(), x.v(), out);
        policy.endStep();
        return out.toFloats();
    }
}
