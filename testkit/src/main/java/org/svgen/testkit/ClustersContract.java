package org.svgen.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.RouteBlocksOp.Limit;

/** What every backend computes with clusters of tokens. */
public abstract class ClustersContract extends BackendContract {
    /** How far distances and errors may be off, where a backend rounds centroids. */
    protected double coarse() {
        return 1e-6;
    }

    @ParameterizedTest
    @CsvSource({
        "1,2,37,0,37,1,8",
        "2,2,300,11,280,33,64",
        "1,3,70,5,60,9,40",
        "1,1,261,0,261,70,128"
    })
    void findsTheNearestCentroid(int b, int h, int n, int from, int count, int clusters, int d) {
        Tensor x = random(b, h, n, d);
        Tensor centroids = random(DType.F32, b, h, clusters, d);
        Tensor weighed = random(DType.F32, b, h, clusters, d);
        areNearest(x, from, count, centroids, null);
        areNearest(x, from, count, centroids, weighed);
    }

    /** No other centroid is nearer than the one that is found, but for rounding. */
    private void areNearest(
            Tensor x, int from, int count, Tensor centroids, @Nullable Tensor weighed) {
        int maps = x.size(0) * x.size(1);
        Tensor found =
                run(
                        poisoned(DType.I32, maps, count),
                        (at, out) ->
                                at.ops()
                                        .assign(
                                                at.on(x),
                                                from,
                                                at.on(centroids),
                                                weighed == null ? null : at.on(weighed),
                                                out));
        double[] labels = Doubles.of(found).values();
        Tensor others = weighed == null ? centroids : weighed;
        for (int i = 0; i < labels.length; i++) {
            int map = i / count;
            double[] distances =
                    ReferenceClusters.distances(x, map, from + i % count, centroids, others);
            assertThat(labels[i]).as("label %d", i).isBetween(0.0, distances.length - 1.0);
            double least = Arrays.stream(distances).min().orElseThrow();
            double spread = Arrays.stream(distances).max().orElseThrow() - least;
            assertThat(distances[(int) labels[i]])
                    .as("distance of token %d of map %d", i % count, map)
                    .isLessThanOrEqualTo(least + coarse() * spread);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 64})
    void theLowerOfEqualCentroidsIsTheNearest(int d) {
        Tensor x = random(1, 1, 50, d);
        Tensor centroids = random(DType.F32, 1, 1, 40, d);
        double[] values = Doubles.of(centroids).values();
        for (int i = 0; i < d * 20; i++) {
            Doubles.put(centroids, d * 20 + i, values[i]);
        }
        Tensor labels =
                run(
                        poisoned(DType.I32, 1, 50),
                        (at, out) -> at.ops().assign(at.on(x), 0, at.on(centroids), null, out));
        for (double label : Doubles.of(labels).values()) {
            assertThat(label).isBetween(0.0, 19.0);
        }
    }

    @ParameterizedTest
    @CsvSource({"1,2,5,7,2,8,0", "2,1,33,40,2,64,1", "1,1,3,19,0,40,0"})
    void weighsCentroidsByTheOtherSide(
            int b, int h, int clusters, int others, int more, int d, int first) {
        Tensor centroids = random(DType.F32, b, h, clusters, d);
        Tensor rows = random(DType.F32, b, h, others, d);
        Tensor bounds = bounds(b * h, others + more, 900);
        agrees(
                poisoned(DType.F32, b, h, clusters, d),
                (at, out) ->
                        at.ops()
                                .interact(
                                        at.on(centroids),
                                        at.on(rows),
                                        at.on(bounds),
                                        first,
                                        at.on(poisoned(DType.F32, b, h, d, d)),
                                        out));
    }

    @ParameterizedTest
    @CsvSource({
        "1,37,0,37,37,3",
        "3,2500,0,2500,2511,70",
        "2,1024,13,1037,1037,9",
        "2,100,7,120,130,200"
    })
    void putsTokensOfALabelTogether(int maps, int count, int from, int to, int n, int clusters) {
        int[] values = new int[maps * count];
        for (int i = 0; i < values.length; i++) {
            values[i] = below(clusters);
        }
        Tensor labels = ints(values, maps, count);
        int blocks = clusters + (from > 0 ? 1 : 0) + (to > from + count ? 1 : 0);
        Tensor bounds = poisoned(DType.I32, maps, blocks + 1);
        Tensor order = poisoned(DType.I32, maps, n);
        agrees(
                copy(bounds),
                (at, out) -> at.ops().group(at.on(labels), from, to, out, at.on(copy(order))));
        agrees(
                order,
                (at, out) -> at.ops().group(at.on(labels), from, to, at.on(copy(bounds)), out));
    }

    @ParameterizedTest
    @CsvSource({"1,2,37,5,8,0", "2,1,301,20,64,1", "1,1,90,70,40,1"})
    void centroidsBecomeMeansAndStayWhereThereIsNone(
            int b, int h, int n, int clusters, int d, int first) {
        Tensor x = random(b, h, n, d);
        Tensor bounds = bounds(b * h, clusters + first, n);
        Tensor order = shuffled(b * h, n);
        agrees(
                random(DType.F32, b, h, clusters, d),
                1e-6,
                (at, out) ->
                        at.ops().clusterMeans(at.on(x), at.on(bounds), at.on(order), first, out));
    }

    @ParameterizedTest
    @CsvSource({"1,2,5,7,8,0", "2,1,33,40,64,1", "1,1,300,19,40,1"})
    void tellsTheMassOfClusters(int b, int h, int queries, int keys, int d, int first) {
        Tensor q = random(DType.F32, b, h, queries, d);
        Tensor k = random(DType.F32, b, h, keys, d);
        Tensor bounds = full(b * h, keys + first, 1000);
        agrees(
                poisoned(DType.F32, (long) b * h, queries, keys),
                1e-6,
                (at, out) ->
                        at.ops().blockMass(at.on(q), at.on(k), at.on(bounds), first, 0.3f, out));
    }

    @ParameterizedTest
    @CsvSource({"1,2,5,7,90,8,0,0.35", "2,1,33,6,301,64,1,0.125", "1,1,300,3,110,40,1,2"})
    void tellsHowFarOffMeansAre(
            int b, int h, int queries, int keys, int n, int d, int first, float scale) {
        Tensor q = random(DType.F32, b, h, queries, d);
        Tensor k = random(b, h, n, d);
        Tensor v = random(b, h, n, d);
        Tensor bounds = full(b * h, keys + first, n);
        Tensor order = shuffled(b * h, n);
        Tensor kbar = random(DType.F32, b, h, keys, d);
        Tensor vbar = random(DType.F32, b, h, keys + first, d);
        agrees(
                poisoned(DType.F32, (long) b * h, queries, keys),
                coarse(),
                (at, out) ->
                        at.ops()
                                .blockError(
                                        at.on(q),
                                        at.on(k),
                                        at.on(v),
                                        at.on(bounds),
                                        at.on(order),
                                        first,
                                        at.on(kbar),
                                        at.on(vbar),
                                        scale,
                                        out));
    }

    @Test
    void nothingIsOffWhereThereIsNothingOrOneToken() {
        Tensor x = random(1, 1, 3, 16);
        Tensor means = random(DType.F32, 1, 1, 2, 16);
        for (int i = 0; i < 16; i++) {
            Doubles.put(means, i, Doubles.of(x).values()[i]);
        }
        Tensor bounds = ints(new int[] {0, 1, 1}, 1, 3);
        Tensor order = ints(new int[] {0, 1, 2}, 1, 3);
        Tensor q = random(DType.F32, 1, 1, 4, 16);
        float[] errors =
                run(
                                poisoned(DType.F32, 1, 4, 2),
                                (at, out) ->
                                        at.ops()
                                                .blockError(
                                                        at.on(q),
                                                        at.on(x),
                                                        at.on(x),
                                                        at.on(bounds),
                                                        at.on(order),
                                                        0,
                                                        at.on(means),
                                                        at.on(means),
                                                        0.25f,
                                                        out))
                        .toFloats();
        assertThat(errors).containsOnly(Float.NEGATIVE_INFINITY);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 31, 70, 300})
    void routesByMassByErrorAndByKeys(int keys) {
        int queries = 9;
        for (int first : new int[] {0, 1}) {
            Tensor scores = normal(DType.F32, 0, 3, 2, queries, keys);
            Tensor masses = normal(DType.F32, 0, 3, 2, queries, keys);
            Tensor bounds = bounds(2, keys + 1, 5000);
            for (Limit limit :
                    new Limit[] {
                        new Limit(0.9, 0, 0),
                        new Limit(0.4, 0, 3),
                        new Limit(1, 0, 0),
                        new Limit(0, 1234.5, 0),
                        new Limit(0, 5000, 0),
                        new Limit(0, 0, 20),
                        new Limit(0, 1234.5, 0, true),
                        new Limit(0.4, 0, 0, true)
                    }) {
                Tensor bits = poisoned(DType.I32, 2, queries + 1, Math.ceilDiv(keys + 1, 32));
                agrees(
                        bits,
                        (at, out) ->
                                at.ops()
                                        .routeBlocks(
                                                at.on(scores),
                                                null,
                                                at.on(bounds),
                                                first,
                                                limit,
                                                out));
                agrees(
                        bits,
                        (at, out) ->
                                at.ops()
                                        .routeBlocks(
                                                at.on(scores),
                                                at.on(masses),
                                                at.on(bounds),
                                                first,
                                                limit,
                                                out));
            }
        }
    }

    @Test
    void ofEqualScoresTheLowerComesFirstAndWhatIsNoNumberBeforeAll() {
        Tensor scores =
                Tensor.of(
                        Arena.ofAuto(),
                        new float[] {1, -0f, 5, 5, Float.NaN, 0, 5, Float.NEGATIVE_INFINITY},
                        1,
                        1,
                        8);
        Tensor bounds = ints(new int[] {0, 1, 2, 3, 4, 5, 6, 7, 8}, 1, 9);
        for (int count = 1; count <= 8; count++) {
            int floor = count;
            int expected = 0;
            for (int j : new int[] {4, 2, 3, 6, 0, 5, 1, 7}) {
                expected |= floor-- > 0 ? 1 << j : 0;
            }
            Limit limit = new Limit(0, 0, count);
            Tensor bits =
                    run(
                            poisoned(DType.I32, 1, 1, 1),
                            (at, out) ->
                                    at.ops()
                                            .routeBlocks(
                                                    at.on(scores),
                                                    null,
                                                    at.on(bounds),
                                                    0,
                                                    limit,
                                                    out));
            assertThat(bits.host().get(ValueLayout.JAVA_INT_UNALIGNED, 0)).isEqualTo(expected);
        }
    }

    /** Bounds of blocks of any size, some empty, of {@code n} tokens. */
    private Tensor bounds(int maps, int blocks, int n) {
        int[] all = new int[maps * (blocks + 1)];
        for (int m = 0; m < maps; m++) {
            int[] own = new int[blocks + 1];
            for (int i = 1; i < blocks; i++) {
                own[i] = i % 5 == 4 ? 0 : below(n);
            }
            own[blocks] = n;
            Arrays.sort(own);
            System.arraycopy(own, 0, all, m * own.length, own.length);
        }
        return ints(all, maps, blocks + 1);
    }

    /** Bounds of blocks that each have two tokens at least. */
    private Tensor full(int maps, int blocks, int n) {
        int[] all = new int[maps * (blocks + 1)];
        for (int m = 0; m < maps; m++) {
            for (int i = 0; i <= blocks; i++) {
                int spread = i == 0 || i == blocks ? 0 : below(n / blocks / 2);
                all[m * (blocks + 1) + i] = i * n / blocks + spread;
            }
        }
        return ints(all, maps, blocks + 1);
    }

    private Tensor shuffled(int maps, int n) {
        int[] all = new int[maps * n];
        for (int i = 0; i < all.length; i++) {
            int m = i / n;
            int place = m * n + below(i % n + 1);
            all[i] = all[place];
            all[place] = i % n;
        }
        return ints(all, maps, n);
    }
}
