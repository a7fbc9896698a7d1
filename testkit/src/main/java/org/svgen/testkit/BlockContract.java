package org.svgen.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import java.util.OptionalDouble;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.AttentionPlan;
import org.svgen.tensor.op.BlockMap;
import org.svgen.tensor.op.BlockTail;
import org.svgen.tensor.op.BlockThreshold;
import org.svgen.tensor.op.TokenBlocks;

/** What every backend's attention by maps of blocks computes, and what is computed of blocks. */
public abstract class BlockContract extends BackendContract {
    private final Random chance = new Random(24);

    /** Text of the lengths that models have, before video of no round length. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 226, 256, 512})
    void allBlocksAreDense(int text) {
        int n = text + 75;
        Tensor q = random(1, 1, n, 32);
        Tensor k = random(1, 1, n, 32);
        Tensor v = random(1, 1, n, 32);
        TokenBlocks blocks = BlockPatterns.equal(1, n, 64);
        BlockMap map = BlockPatterns.all(blocks, blocks);
        float[] dense =
                run(
                                poisoned(1, n, 1, 32),
                                (at, out) ->
                                        at.ops()
                                                .attention(
                                                        at.on(q),
                                                        at.on(k),
                                                        at.on(v),
                                                        AttentionPlan.dense(n, n),
                                                        null,
                                                        (float) (1 / Math.sqrt(32)),
                                                        out))
                        .toFloats();
        BlockTail tail = tail(k, v, map);
        assertThat(Errors.relative(attend(q, k, v, map, tail), dense))
                .isLessThanOrEqualTo(Math.max(5e-3, tolerance()));
    }

    @ParameterizedTest
    @CsvSource({
        "1,2,150,150,64,16,0.4",
        "1,1,131,300,128,64,0.2",
        "2,2,65,90,40,7,0.5",
        "1,1,40,33,5,1,0.5",
        "1,1,64,2200,32,64,0.1"
    })
    void attendsByMapsOfEqualBlocks(int b, int h, int nq, int nk, int d, int size, double density) {
        TokenBlocks queries = BlockPatterns.equal(b * h, nq, size);
        TokenBlocks keys = BlockPatterns.equal(b * h, nk, size);
        attends(BlockPatterns.some(chance, queries, keys, density), b, h, nq, nk, d);
    }

    @ParameterizedTest
    @CsvSource({"1,2,150,170,64,5,9", "2,1,90,300,128,9,40", "1,1,33,64,40,40,3"})
    void attendsByMapsOfBlocksOfAnySizeInAnyOrder(
            int b, int h, int nq, int nk, int d, int queryBlocks, int keyBlocks) {
        TokenBlocks queries = BlockPatterns.any(chance, b * h, nq, queryBlocks, 3);
        TokenBlocks keys = BlockPatterns.any(chance, b * h, nk, keyBlocks, 5);
        attends(BlockPatterns.some(chance, queries, keys, 0.4), b, h, nq, nk, d);
    }

    @Test
    void headsShareMaps() {
        TokenBlocks blocks = BlockPatterns.any(chance, 2, 120, 6, 4);
        BlockMap map = BlockPatterns.some(chance, blocks, blocks, 0.5);
        Tensor which = ints(new int[] {1, 0, 0, 1}, 2, 2);
        attends(new BlockMap(map.queries(), map.keys(), map.bits(), which), 2, 2, 120, 120, 64);
    }

    @Test
    void aTailOfNoBlockChangesNoBit() {
        TokenBlocks blocks = BlockPatterns.equal(1, 90, 16);
        BlockMap map = BlockPatterns.all(blocks, blocks);
        Tensor x = random(1, 1, 90, 32);
        assertThat(attend(x, x, x, map, tail(x, x, map))).isEqualTo(attend(x, x, x, map, null));
    }

    @Test
    void aQueryThatKeepsNothingGivesZerosOrTheMeansAlone() {
        TokenBlocks blocks = BlockPatterns.equal(1, 100, 32);
        BlockMap map = BlockPatterns.some(chance, blocks, blocks, 0);
        Tensor x = random(1, 1, 100, 32);
        assertThat(attend(x, x, x, map, null)).containsOnly(0);
        attends(map, 1, 1, 100, 100, 32);
    }

    @Test
    void staysFiniteWithLargeScores() {
        TokenBlocks blocks = BlockPatterns.equal(1, 200, 16);
        BlockMap map = BlockPatterns.some(chance, blocks, blocks, 0.3);
        Tensor q = normal(activations(), 0, 20, 1, 1, 200, 64);
        Tensor k = normal(activations(), 0, 20, 1, 1, 200, 64);
        Tensor v = random(1, 1, 200, 64);
        attends(q, k, v, map, tail(k, v, map), 100 * tolerance());
    }

    /** The oracle of tails: where all keys of a block are equal, its mean loses nothing. */
    @Test
    void aTailOfConstantKeysIsExact() {
        TokenBlocks blocks = BlockPatterns.any(chance, 1, 230, 9, 0);
        TokenBlocks whole = new TokenBlocks(first(blocks.bounds(), 0), blocks.order());
        Tensor k = random(1, 1, 230, 64);
        for (int[] tokens : ReferenceBlocks.tokens(whole, 0)) {
            for (int token : tokens) {
                k.get(0).get(0).get(token).host().copyFrom(k.get(0).get(0).get(tokens[0]).host());
            }
        }
        Tensor q = random(1, 1, 230, 64);
        Tensor v = random(1, 1, 230, 64);
        BlockMap none = BlockPatterns.some(chance, whole, whole, 0.2);
        float[] dense = attend(q, k, v, BlockPatterns.all(whole, whole), null);
        assertThat(Errors.relative(attend(q, k, v, none, tail(k, v, none)), dense))
                .isLessThan(Math.max(1e-3, tolerance()));
        assertThat(Errors.relative(attend(q, k, v, none, null), dense)).isGreaterThan(0.1);
    }

    /** Bounds that begin with that token. */
    private Tensor first(Tensor bounds, int token) {
        int[] all = Doubles.ints(bounds).clone();
        all[0] = token;
        return ints(all, bounds.shape().dims());
    }

    /** Of keys that are a centroid and noise, the tail loses what grows with the noise squared. */
    @Test
    void theErrorOfATailGrowsWithTheSquareOfTheNoise() {
        int n = 256;
        TokenBlocks blocks = BlockPatterns.equal(1, n, 64);
        BlockMap none = BlockPatterns.some(chance, blocks, blocks, 0);
        Tensor centroids = random(DType.F32, 4, 32);
        Tensor noise = random(DType.F32, n, 32);
        Tensor q = random(1, 1, n, 32);
        Tensor v = random(1, 1, n, 32);
        double[] errors = new double[2];
        double[] epsilons = {0.1, 0.2};
        for (int i = 0; i < 2; i++) {
            Tensor k = BlockPatterns.zeros(activations(), 1, 1, n, 32);
            for (int e = 0; e < k.elements(); e++) {
                // As many tokens with noise as against it: means stay where the centroids are.
                double away = noise.toFloats()[e / 64 * 32 + e % 32] * (e / 32 % 2 == 0 ? 1 : -1);
                Doubles.put(
                        k, e, centroids.toFloats()[e / 32 / 64 * 32 + e % 32] + epsilons[i] * away);
            }
            // Values that the noise does not know: their mean is what the tail gives.
            Tensor even = BlockPatterns.zeros(activations(), 1, 1, n, 32);
            for (int e = 0; e < even.elements(); e++) {
                Doubles.put(even, e, v.toFloats()[e / 64 * 32 + e % 32]);
            }
            BlockTail tail = tail(k, even, none);
            float[] dense = attend(q, k, even, BlockPatterns.all(blocks, blocks), null);
            errors[i] = Errors.relative(attend(q, k, even, none, tail), dense);
        }
        if (tolerance() < 1e-3) {
            assertThat(errors[1] / errors[0]).isBetween(3.0, 5.0);
        } else {
            assertThat(errors[1]).isLessThan(0.1);
        }
    }

    @Test
    void tokensMayChangePlacesWithinABlock() {
        TokenBlocks blocks = BlockPatterns.any(chance, 2, 140, 7, 2);
        BlockMap map = BlockPatterns.some(chance, blocks, blocks, 0.5);
        Tensor order = Objects.requireNonNull(map.keys().order());
        int[] turned = Doubles.ints(order).clone();
        int[] bounds = Doubles.ints(map.keys().bounds());
        for (int m = 0; m < 2; m++) {
            for (int c = 0; c < 7; c++) {
                int from = m * 140 + bounds[m * 8 + c];
                int to = m * 140 + bounds[m * 8 + c + 1];
                for (int i = from, j = to - 1; i < j; i++, j--) {
                    int other = turned[i];
                    turned[i] = turned[j];
                    turned[j] = other;
                }
            }
        }
        Tensor q = random(1, 2, 140, 64);
        Tensor k = random(1, 2, 140, 64);
        Tensor v = random(1, 2, 140, 64);
        BlockMap other =
                new BlockMap(
                        map.queries(),
                        new TokenBlocks(map.keys().bounds(), ints(turned, 2, 140)),
                        map.bits(),
                        null);
        assertThat(
                        Errors.relative(
                                attend(q, k, v, other, tail(k, v, other)),
                                attend(q, k, v, map, tail(k, v, map))))
                .isLessThanOrEqualTo(tolerance());
    }

    @Test
    void givesTheSameBitsTwice() {
        TokenBlocks blocks = BlockPatterns.any(chance, 3, 300, 20, 4);
        BlockMap map = BlockPatterns.some(chance, blocks, blocks, 0.3);
        Tensor x = random(1, 3, 300, 64);
        BlockTail tail = tail(x, x, map);
        assertThat(attend(x, x, x, map, tail)).isEqualTo(attend(x, x, x, map, tail));
    }

    @ParameterizedTest
    @CsvSource({"1,1,100,64,7", "2,2,77,40,12", "1,3,513,128,5"})
    void averagesBlocks(int b, int h, int n, int d, int count) {
        TokenBlocks blocks = BlockPatterns.any(chance, 2, n, count, 3);
        int[] maps = new int[b * h];
        for (int i = 0; i < maps.length; i++) {
            maps[i] = i % 2;
        }
        Tensor which = ints(maps, b, h);
        Tensor x = random(b, h, n, d);
        agrees(
                poisoned(DType.F32, b, h, count, d),
                (at, out) -> at.ops().blockMeans(at.on(x), on(at, blocks), at.on(which), out));
    }

    @Test
    void countsWhatMapsKeep() {
        TokenBlocks queries = BlockPatterns.any(chance, 6, 300, 11, 4);
        TokenBlocks keys = BlockPatterns.any(chance, 6, 500, 70, 0);
        BlockMap map = BlockPatterns.some(chance, queries, keys, 0.3);
        agrees(
                poisoned(DType.F32, 2, 3),
                1e-7,
                (at, out) -> at.ops().blockDensity(on(at, map), 300, 500, out));
    }

    @ParameterizedTest
    @CsvSource({
        "1,2,40,64,1,1.0,0.1",
        "2,1,33,128,1,0,0.1",
        "1,1,70,40,1,-5,0.1",
        "1,1,20,64,1,4,0.1",
        "1,2,40,64,1,,0.3",
        "2,1,33,128,1,,0.45",
        "1,1,70,40,1,,1",
        "1,1,20,64,1,,0.01",
        "1,2,40,64,3,1.0,0.1",
        "2,1,33,128,3,,0.45",
        "1,1,140,64,3,,0.2",
        "1,1,20,64,7,,0.6"
    })
    void choosesBlocksByThresholdOrDensity(
            int b, int h, int count, int d, int together, @Nullable Double tau, double density) {
        int tokens = 7 * count;
        TokenBlocks blocks = BlockPatterns.any(chance, b * h, tokens, count, 0);
        BlockThreshold rule =
                new BlockThreshold(
                        2,
                        count - 3,
                        1,
                        together,
                        tau == null ? OptionalDouble.empty() : OptionalDouble.of(tau),
                        density,
                        (double) tokens * tokens);
        int lists = rule.lists(count);
        Tensor q = random(b, h, lists, d);
        Tensor k = random(b, h, count, d);
        agrees(
                poisoned(DType.I32, (long) b * h, lists, BlockMap.words(count)),
                (at, out) ->
                        at.ops()
                                .thresholdBlocks(
                                        at.on(q),
                                        at.on(k),
                                        at.on(blocks.bounds()),
                                        rule,
                                        0.5f,
                                        out));
    }

    private static TokenBlocks on(Place at, TokenBlocks blocks) {
        return new TokenBlocks(at.on(blocks.bounds()), at.onNullable(blocks.order()));
    }

    private static BlockMap on(Place at, BlockMap map) {
        return new BlockMap(
                on(at, map.queries()),
                on(at, map.keys()),
                at.on(map.bits()),
                at.onNullable(map.which()));
    }

    private static @Nullable BlockTail on(Place at, @Nullable BlockTail tail) {
        return tail == null ? null : new BlockTail(at.on(tail.keys()), at.on(tail.values()));
    }

    /** By the reference, rounded to the type of activations. */
    private BlockTail tail(Tensor k, Tensor v, BlockMap map) {
        return new BlockTail(means(k, map), means(v, map));
    }

    private Tensor means(Tensor x, BlockMap map) {
        Tensor out = poisoned(activations(), x.size(0), x.size(1), map.keys().count(), x.size(3));
        return reference(out, (at, to) -> at.ops().blockMeans(x, map.keys(), map.which(), to));
    }

    private float[] attend(Tensor q, Tensor k, Tensor v, BlockMap map, @Nullable BlockTail tail) {
        return run(poisoned(q.size(0), q.size(2), q.size(1), q.size(3)), call(q, k, v, map, tail))
                .toFloats();
    }

    private static Call call(Tensor q, Tensor k, Tensor v, BlockMap map, @Nullable BlockTail tail) {
        float scale = (float) (1 / Math.sqrt(q.size(3)));
        return (at, out) ->
                at.ops()
                        .blockAttention(
                                at.on(q),
                                at.on(k),
                                at.on(v),
                                on(at, map),
                                on(at, tail),
                                0.5,
                                scale,
                                out);
    }

    private void attends(BlockMap map, int b, int h, int nq, int nk, int d) {
        Tensor q = random(b, h, nq, d);
        Tensor k = random(b, h, nk, d);
        Tensor v = random(b, h, nk, d);
        attends(q, k, v, map, null, tolerance());
        attends(q, k, v, map, tail(k, v, map), tolerance());
    }

    private void attends(
            Tensor q,
            Tensor k,
            Tensor v,
            BlockMap map,
            @Nullable BlockTail tail,
            double tolerance) {
        Tensor out = poisoned(q.size(0), q.size(2), q.size(1), q.size(3));
        agrees(out, tolerance, call(q, k, v, map, tail));
    }
}
