package org.svgen.sparse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.sparse.VideoGeometry.TextPlace;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.random.TorchRandom;
import org.svgen.testkit.Errors;

class SparseVideoGenTest extends OnDevice {
    private static final int DIM = 32;

    SparseVideoGenTest() {
        super(1 << 20);
    }

    private static VideoGeometry geometry(TextPlace place) {
        int text = place == TextPlace.NONE ? 0 : 11;
        return new VideoGeometry(7, 45, place, text, place == TextPlace.LAST ? 6 : text);
    }

    private SparseVideoGen policy(
            VideoGeometry g, SparseRules rules, WarmUp warmUp, int layers, int heads) {
        return new SparseVideoGen(
                g,
                rules,
                warmUp,
                SparseMemory.allocate(workspace, arena, rules, layers, 1, heads),
                backend,
                new AttentionStatistics(layers),
                Course.even(new double[100], 1),
                Optional.empty());
    }

    private static SparseRules corrected(VideoGeometry g, double density, long seed) {
        return SparseRules.corrected(
                Band.ofDensity(g, density, 0),
                RowSource.stratified(g, 64, Geometries.random((int) seed)),
                Float.POSITIVE_INFINITY,
                null);
    }

    private Tensor attend(AttentionPolicy policy, int step, int layer, PlantedHeads.Qkv x) {
        Tensor out = Tensor.zeros(arena, DType.F32, 1, x.q().size(2), x.q().size(1), x.q().size(3));
        policy.beginStep(step, 0);
        policy.attend(workspace, layer, x.q(), x.k(), x.v(), out);
        policy.endStep();
        return out;
    }

    @ParameterizedTest
    @EnumSource(TextPlace.class)
    void plantedHeadsAreToldApartFromSixtyFourRows(TextPlace place) {
        VideoGeometry g = geometry(place);
        int heads = 8;
        int wrong = 0;
        for (int seed = 0; seed < 10; seed++) {
            RandomGenerator random = Geometries.random(seed);
            PlantedHeads.Qkv x = PlantedHeads.of(arena, g, heads, DIM, 1.2, random);
            SparseVideoGen policy =
                    policy(g, corrected(g, 0.35, seed), WarmUp.first(0, 0), 1, heads);
            attend(policy, 0, 0, x);
            long spatial = policy.statistics().heads(0, HeadKind.SPATIAL);
            long temporal = policy.statistics().heads(0, HeadKind.TEMPORAL);
            assertThat(spatial + temporal).isEqualTo(heads);
            wrong += Math.abs((int) spatial - heads / 2);
        }
        assertThat(wrong).as("heads of 80 on the wrong side").isZero();
    }

    @Test
    void aSparseCallOnPlantedHeadsIsCloserToDenseThanEitherKindAlone() {
        VideoGeometry g = geometry(TextPlace.FIRST);
        PlantedHeads.Qkv x = PlantedHeads.of(arena, g, 4, DIM, 1.2, Geometries.random(5));
        float[] dense = attend(new Dense(g, new AttentionStatistics(1)), 0, 0, x).toFloats();
        Band band = Band.ofDensity(g, 0.35, 0);
        RowSource rows = RowSource.stratified(g, 64, Geometries.random(1));
        double[] error = new double[3];
        for (int i = 0; i < 3; i++) {
            HeadKind fixed = i == 0 ? null : HeadKind.values()[i - 1];
            SparseVideoGen policy =
                    policy(
                            g,
                            SparseRules.corrected(band, rows, Float.POSITIVE_INFINITY, fixed),
                            WarmUp.first(0, 0),
                            1,
                            4);
            error[i] = Errors.relative(attend(policy, 0, 0, x).toFloats(), dense);
        }
        assertThat(error[0]).isLessThan(0.8 * error[1]).isLessThan(0.8 * error[2]);
    }

    @Test
    void headsThatNeitherBandDoesJusticeStayDense() {
        VideoGeometry g = geometry(TextPlace.LAST);
        PlantedHeads.Qkv x = PlantedHeads.of(arena, g, 4, DIM, 1.2, Geometries.random(6));
        // Equal scores: the second head averages over the whole video.
        x.k().get(0).get(1).host().fill((byte) 0);
        float[] dense = attend(new Dense(g, new AttentionStatistics(1)), 0, 0, x).toFloats();
        RowSource rows = RowSource.stratified(g, 64, Geometries.random(1));
        Band band = Band.ofDensity(g, 0.35, 0);
        SparseVideoGen policy =
                policy(g, SparseRules.corrected(band, rows, 0.5f, null), WarmUp.first(0, 0), 1, 4);
        float[] out = attend(policy, 0, 0, x).toFloats();
        AttentionStatistics counted = policy.statistics();
        assertThat(counted.heads(0, HeadKind.DENSE)).isOne();
        double kept = 3 * band.density() + new Band(g, 1000, 0).density();
        assertThat(counted.stepDensity()).isCloseTo(kept / 4, within(1e-9));
        assertThat(counted.sparseDensity()).hasValue(counted.stepDensity());
        assertThat(counted.stepHeads()).hasSize(1);
        String letters = counted.stepHeads().getFirst();
        assertThat(letters).hasSize(4).matches("[st]d[st]{2}");
        assertThat(letters.chars().filter(c -> c == 's').count())
                .isEqualTo(counted.heads(0, HeadKind.SPATIAL));
        for (int i = 0; i < g.promptTo(); i++) {
            for (int d = 0; d < DIM; d++) {
                assertThat(out[(i * 4 + 1) * DIM + d])
                        .isCloseTo(dense[(i * 4 + 1) * DIM + d], within(1e-6f));
            }
        }
    }

    @Test
    void warmUpStepsAndLayersAttendDensely() {
        VideoGeometry g = geometry(TextPlace.FIRST);
        PlantedHeads.Qkv x = PlantedHeads.of(arena, g, 2, DIM, 1, Geometries.random(2));
        SparseVideoGen policy = policy(g, corrected(g, 0.3, 2), WarmUp.first(2, 1), 3, 2);
        float[] dense = attend(new Dense(g, new AttentionStatistics(3)), 0, 2, x).toFloats();
        assertThat(attend(policy, 1, 2, x).toFloats()).isEqualTo(dense);
        assertThat(policy.statistics().stepDensity()).isEqualTo(1);
        assertThat(policy.statistics().sparseDensity()).isEmpty();
        assertThat(attend(policy, 5, 0, x).toFloats()).isEqualTo(dense);
        assertThat(attend(policy, 2, 1, x).toFloats()).isNotEqualTo(dense);
        AttentionStatistics counted = policy.statistics();
        assertThat(counted.stepDensity()).isBetween(0.25, 0.3);
        assertThat(counted.sparseDensity()).hasValue(counted.stepDensity());
        assertThat(counted.density())
                .as("two dense calls and a sparse one")
                .isCloseTo((2 + counted.stepDensity()) / 3, within(1e-9));
        assertThat(counted.stepHeads()).hasSize(3);
        assertThat(counted.stepHeads().get(1)).matches("[st]{2}");
        assertThat(counted.stepHeads().get(0) + counted.stepHeads().get(2)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(TextPlace.class)
    void aBandOfFullDensityIsDenseAttention(TextPlace place) {
        VideoGeometry g = geometry(place);
        PlantedHeads.Qkv x = PlantedHeads.of(arena, g, 2, DIM, 1, Geometries.random(3));
        float[] dense = attend(new Dense(g, new AttentionStatistics(1)), 0, 0, x).toFloats();
        SparseVideoGen policy = policy(g, corrected(g, 1, 3), WarmUp.first(0, 0), 1, 2);
        assertThat(Errors.relative(attend(policy, 0, 0, x).toFloats(), dense)).isLessThan(1e-5);
    }

    @Test
    void temporalAttentionIsSpatialAttentionOnPermutedTokens() {
        VideoGeometry g = geometry(TextPlace.LAST);
        PlantedHeads.Qkv x = PlantedHeads.of(arena, g, 2, DIM, 1, Geometries.random(4));
        Band band = Band.ofDensity(g, 0.3, 0);
        RowSource rows = RowSource.stratified(g, 64, Geometries.random(4));
        var order = g.order(HeadKind.TEMPORAL, 0);
        PlantedHeads.Qkv permuted =
                new PlantedHeads.Qkv(
                        permute(x.q(), order), permute(x.k(), order), permute(x.v(), order));
        float[][] out = new float[2][];
        for (HeadKind kind : List.of(HeadKind.SPATIAL, HeadKind.TEMPORAL)) {
            SparseVideoGen policy =
                    policy(
                            g,
                            SparseRules.corrected(band, rows, Float.POSITIVE_INFINITY, kind),
                            WarmUp.first(0, 0),
                            1,
                            2);
            PlantedHeads.Qkv in = kind == HeadKind.TEMPORAL ? x : permuted;
            out[kind.ordinal()] = attend(policy, 0, 0, in).toFloats();
        }
        int row = 2 * DIM;
        for (int i = 0; i < g.tokens(); i++) {
            for (int d = 0; d < row; d++) {
                assertThat(out[1][order.stored(i) * row + d]).isEqualTo(out[0][i * row + d]);
            }
        }
    }

    private Tensor permute(Tensor x, org.svgen.tensor.op.TokenOrder order) {
        float[] in = x.toFloats();
        float[] out = new float[in.length];
        int n = x.size(2);
        int dim = x.size(3);
        for (int h = 0; h < x.size(1); h++) {
            for (int i = 0; i < n; i++) {
                System.arraycopy(in, (h * n + order.stored(i)) * dim, out, (h * n + i) * dim, dim);
            }
        }
        return Tensor.of(arena, out, x.shape().dims());
    }

    @Test
    void paddingIsNeverAttendedAndItsRowsStayFinite() {
        VideoGeometry g = geometry(TextPlace.LAST);
        PlantedHeads.Qkv x = PlantedHeads.of(arena, g, 2, DIM, 1, Geometries.random(6));
        SparseVideoGen policy = policy(g, corrected(g, 0.3, 6), WarmUp.first(0, 0), 1, 2);
        float[] before = attend(policy, 0, 0, x).toFloats();
        for (int h = 0; h < 2; h++) {
            for (int i = g.promptTo(); i < g.tokens(); i++) {
                for (Tensor t : new Tensor[] {x.k(), x.v()}) {
                    t.get(0)
                            .get(h)
                            .get(i)
                            .host()
                            .asByteBuffer()
                            .order(java.nio.ByteOrder.nativeOrder())
                            .asFloatBuffer()
                            .put(0, 1e4f);
                }
            }
        }
        SparseVideoGen again = policy(g, corrected(g, 0.3, 6), WarmUp.first(0, 0), 1, 2);
        float[] after = attend(again, 0, 0, x).toFloats();
        int row = 2 * DIM;
        for (int i = 0; i < after.length; i++) {
            assertThat(after[i]).isFinite();
            if (i < g.promptTo() * row) {
                assertThat(after[i]).isEqualTo(before[i]);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void aSampledTextRowMakesTheOfficialCogCodeCallEveryHeadTemporal(int seed) {
        VideoGeometry g = new VideoGeometry(5, 128, TextPlace.FIRST, 60, 60);
        PlantedHeads.Qkv x = PlantedHeads.of(arena, g, 2, DIM, 1.2, Geometries.random(seed));
        boolean[] seen = new boolean[2];
        for (int torchSeed = 0; torchSeed < 40; torchSeed++) {
            RowSource source =
                    RowSource.official(OfficialRules.COG, g, 8, new TorchRandom(torchSeed));
            int[] rows = source.rows();
            boolean text = java.util.Arrays.stream(rows).anyMatch(r -> r < 60);
            SparseVideoGen policy =
                    policy(
                            g,
                            SparseRules.official(OfficialRules.COG, g, 0.6, () -> rows),
                            WarmUp.first(0, 0),
                            1,
                            2);
            attend(policy, 0, 0, x);
            if (text) {
                assertThat(policy.statistics().heads(0, HeadKind.TEMPORAL)).isEqualTo(2);
            } else {
                assertThat(policy.statistics().heads(0, HeadKind.SPATIAL)).isEqualTo(1);
            }
            seen[text ? 1 : 0] = true;
        }
        assertThat(seen).containsOnly(true);
    }

    @Test
    void stratifiedRowsCoverAllFramesAndNeverText() {
        VideoGeometry g = new VideoGeometry(9, 400, TextPlace.FIRST, 32, 32);
        RowSource source = RowSource.stratified(g, 64, Geometries.random(0));
        for (int call = 0; call < 20; call++) {
            boolean[] frames = new boolean[9];
            for (int row : source.rows()) {
                assertThat(row).isBetween(32, g.tokens() - 1);
                frames[(row - 32) / 400] = true;
            }
            assertThat(frames).containsOnly(true);
        }
    }

    @Test
    void theOfficialCogWarmUpComparesFractionsOfTheTimestepAxis() {
        WarmUp warmUp = WarmUp.officialCog(0.2, 0.025, 42);
        assertThat(warmUp.dense(30, 500, 0)).isTrue();
        assertThat(warmUp.dense(30, 500, 1)).isTrue();
        assertThat(warmUp.dense(30, 500, 2)).isFalse();
        assertThat(warmUp.dense(3, 801, 5)).isTrue();
        assertThat(warmUp.dense(3, 800, 5)).isFalse();
    }
}
