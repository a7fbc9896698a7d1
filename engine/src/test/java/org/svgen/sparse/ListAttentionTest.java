package org.svgen.sparse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.svgen.sparse.VideoGeometry.TextPlace;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.testkit.Errors;

/** Methods that give lists of blocks, against masks made by their definitions. */
class ListAttentionTest extends OnDevice {
    private static final int DIM = 32;
    private static final int HEADS = 2;

    ListAttentionTest() {
        super(1 << 23);
    }

    enum Method {
        TOP,
        TOP_BRICKS,
        PATTERNS,
        TILES
    }

    private static final int[] TILE = {2, 3, 4};

    private static VideoGeometry geometry(TextPlace place, int text) {
        return new VideoGeometry(5, 77, place, text, place == TextPlace.LAST ? text / 2 : text, 11);
    }

    private BlockLists lists(Method method, VideoGeometry g, double density) {
        return switch (method) {
            case TOP -> new TopLists(workspace, g, BlockOrder.RASTER, density, HEADS);
            case TOP_BRICKS -> new TopLists(workspace, g, BlockOrder.MORTON, density, HEADS);
            case PATTERNS -> new PatternLists(workspace, g, density, HEADS);
            case TILES -> new TileLists(workspace, tiles(g), density, 1, HEADS);
        };
    }

    private static VideoTiles tiles(VideoGeometry g) {
        return new VideoTiles(g, TILE[0], TILE[1], TILE[2]);
    }

    private static SlowLists.Mask slow(
            Method method, SlowLists lists, VideoGeometry g, double density) {
        return switch (method) {
            case TOP -> lists.top(density, BlockOrder.RASTER.stored(g), HEADS);
            case TOP_BRICKS -> lists.top(density, BlockOrder.MORTON.stored(g), HEADS);
            case PATTERNS -> lists.patterns(density, HEADS);
            case TILES ->
                    lists.tiles(
                            TILE,
                            TileWindow.ofDensity(tiles(g), density).size().stream()
                                    .mapToInt(Integer::intValue)
                                    .toArray());
        };
    }

    private ListAttention policy(VideoGeometry g, BlockLists lists, boolean tail) {
        return new ListAttention(
                g,
                lists,
                tail,
                WarmUp.first(1, 0),
                Precisions.FULL,
                BlockMemory.allocate(workspace, arena, 1, 1, HEADS),
                backend,
                new AttentionStatistics(1),
                Course.even(new double[9], 1));
    }

    private PlantedHeads.Qkv planted(VideoGeometry g) {
        return PlantedHeads.of(arena, g, HEADS, DIM, 0.8, Geometries.random(5));
    }

    private static int rows(VideoGeometry g) {
        return g.text() == TextPlace.LAST ? g.promptTo() : g.tokens();
    }

    /** The rows of the video and of the prompt: nobody reads those of padding. */
    private float[] attend(VideoGeometry g, AttentionPolicy policy, int step, PlantedHeads.Qkv x) {
        Tensor out = Tensor.zeros(arena, DType.F32, 1, g.tokens(), HEADS, DIM);
        policy.beginStep(step, 0);
        policy.attend(workspace, 0, x.q(), x.k(), x.v(), out);
        policy.endStep();
        return out.get(0).rows(0, rows(g)).toFloats();
    }

    @ParameterizedTest
    @CsvSource({"NONE,0", "FIRST,1", "FIRST,226", "LAST,0", "LAST,256", "LAST,512"})
    void allOfItIsDenseAttention(TextPlace place, int text) {
        VideoGeometry g = geometry(text == 0 ? TextPlace.NONE : place, text);
        PlantedHeads.Qkv x = planted(g);
        float[] dense = attend(g, new Dense(g, new AttentionStatistics(1)), 1, x);
        for (Method method : Method.values()) {
            for (boolean tail : new boolean[] {true, false}) {
                ListAttention policy = policy(g, lists(method, g, 1), tail);
                assertThat(Errors.relative(attend(g, policy, 1, x), dense))
                        .as("%s", method)
                        .isLessThan(1e-5);
                double kept = (double) rows(g) / g.tokens();
                assertThat(policy.statistics().stepDensity()).isEqualTo(kept * kept, within(1e-6));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "NONE,0,0.3",
        "FIRST,1,0.2",
        "FIRST,40,0.5",
        "LAST,51,0.4",
        "LAST,256,0.9",
        "NONE,0,0.001"
    })
    void isDenseAttentionUnderTheMaskThatTheDefinitionGives(
            TextPlace place, int text, double density) {
        VideoGeometry g = geometry(place, text);
        PlantedHeads.Qkv x = planted(g);
        SlowLists lists = new SlowLists(g, x);
        for (Method method : Method.values()) {
            SlowLists.Mask mask = slow(method, lists, g, density);
            ListAttention policy = policy(g, lists(method, g, density), false);
            float[] out = attend(g, policy, 1, x);
            float[] expected = lists.attend(mask, HEADS, rows(g));
            assertThat(Errors.relative(out, expected)).as("%s", method).isLessThan(1e-5);
            double kept = IntStream.range(0, HEADS).mapToDouble(h -> lists.density(mask, h)).sum();
            assertThat(policy.statistics().stepDensity())
                    .as("%s", method)
                    .isEqualTo(kept / HEADS, within(1e-6));
        }
    }

    @ParameterizedTest
    @EnumSource(Method.class)
    void keepsAboutTheDensityOrWhatItKeepsInAnyCase(Method method) {
        VideoGeometry g = new VideoGeometry(12, 144, TextPlace.FIRST, 20, 20, 12);
        PlantedHeads.Qkv x = planted(g);
        for (double density : new double[] {0.1, 0.25, 0.5, 0.75}) {
            BlockLists lists = lists(method, g, density);
            ListAttention policy = policy(g, lists, false);
            attend(g, policy, 1, x);
            assertThat(policy.statistics().stepDensity()).isBetween(0.8 * density, density + 0.02);
            assertThat(lists.expected()).isBetween(0.8 * density, density);
        }
        BlockLists few = lists(method, g, 1e-9);
        ListAttention policy = policy(g, few, false);
        attend(g, policy, 1, x);
        assertThat(policy.statistics().stepDensity()).isEqualTo(few.least(), within(1e-6));
    }

    @ParameterizedTest
    @EnumSource(Method.class)
    void theWarmUpIsDenseAndTheSameCallGivesTheSameBits(Method method) {
        VideoGeometry g = geometry(TextPlace.LAST, 30);
        PlantedHeads.Qkv x = planted(g);
        ListAttention policy = policy(g, lists(method, g, 0.5), true);
        float[] dense = attend(g, new Dense(g, new AttentionStatistics(1)), 0, x);
        assertThat(attend(g, policy, 0, x)).isEqualTo(dense);
        float[] once = attend(g, policy, 1, x);
        assertThat(once).isNotEqualTo(dense);
        assertThat(attend(g, policy, 2, x)).isEqualTo(once);
    }

    @ParameterizedTest
    @EnumSource(Method.class)
    void aTailComesCloserToDenseAttention(Method method) {
        VideoGeometry g = geometry(TextPlace.FIRST, 20);
        PlantedHeads.Qkv x = planted(g);
        float[] dense = attend(g, new Dense(g, new AttentionStatistics(1)), 1, x);
        double[] errors = new double[2];
        for (int i = 0; i < 2; i++) {
            ListAttention policy = policy(g, lists(method, g, 0.35), i == 1);
            errors[i] = Errors.relative(attend(g, policy, 1, x), dense);
        }
        assertThat(errors[1]).isLessThan(errors[0]);
    }

    /** Sums round otherwise, but no list changes. */
    @ParameterizedTest
    @EnumSource(names = {"TOP", "TILES"})
    void tokensOfABlockMayStandInAnyOrder(Method method) {
        VideoGeometry g = geometry(TextPlace.NONE, 0);
        PlantedHeads.Qkv x = planted(g);
        int[] moved = IntStream.range(0, g.tokens()).toArray();
        int from = method == Method.TOP ? 64 : 4 * 11; // of a block, or within a tile
        int to = from + (method == Method.TOP ? 63 : 3);
        moved[from] = to;
        moved[to] = from;
        float[] out = attend(g, policy(g, lists(method, g, 0.4), false), 1, x);
        float[] other = attend(g, policy(g, lists(method, g, 0.4), false), 1, moved(x, moved));
        int row = HEADS * DIM;
        float[] expected = out.clone();
        System.arraycopy(out, from * row, expected, to * row, row);
        System.arraycopy(out, to * row, expected, from * row, row);
        assertThat(Errors.relative(other, expected)).isLessThan(1e-6);
    }

    /** Each of 24 blocks sees one: at the same distance, on two slashes, or in no order at all. */
    @Test
    void aHeadGetsThePatternThatKeepsMostOfItsAttention() {
        VideoGeometry g = new VideoGeometry(12, 128, TextPlace.FIRST, 20, 20, 16);
        PlantedHeads.Qkv x = planted(g);
        float[] q = x.q().toFloats();
        float[] k = x.k().toFloats();
        int n = g.tokens();
        List<Integer> seen = new ArrayList<>(IntStream.range(0, 24).boxed().toList());
        Collections.shuffle(seen, new Random(1));
        for (int i = g.videoFrom(); i < n; i++) {
            int block = (i - g.videoFrom()) / 64;
            for (int d = 0; d < DIM; d++) {
                q[i * DIM + d] = d == (block + 6) % 24 ? 12 : 0;
                k[i * DIM + d] = d == block ? 12 : 0;
                q[(n + i) * DIM + d] = d == seen.get(block) ? 12 : 0;
                k[(n + i) * DIM + d] = d == block ? 12 : 0;
            }
        }
        PatternLists lists = new PatternLists(workspace, g, 0.3, HEADS);
        BlockLists.Lists found =
                lists.of(
                        workspace,
                        Tensor.of(arena, q, 1, HEADS, n, DIM),
                        Tensor.of(arena, k, 1, HEADS, n, DIM));
        assertThat(found.map().which())
                .extracting(which -> which.host().toArray(ValueLayout.JAVA_INT_UNALIGNED))
                .isEqualTo(new int[] {HEADS, 2 * HEADS + 1});
    }

    private PlantedHeads.Qkv moved(PlantedHeads.Qkv x, int[] order) {
        return new PlantedHeads.Qkv(moved(x.q(), order), moved(x.k(), order), moved(x.v(), order));
    }

    private Tensor moved(Tensor x, int[] order) {
        float[] from = x.toFloats();
        float[] to = new float[from.length];
        int n = x.size(2);
        for (int row = 0; row < HEADS * n; row++) {
            int stored = row / n * n + order[row % n];
            System.arraycopy(from, stored * DIM, to, row * DIM, DIM);
        }
        return Tensor.of(arena, to, x.shape().dims());
    }

    @Test
    void windowsKeepAboutTheMostThatTheDensityAllowsAndAreEven() {
        VideoGeometry g = new VideoGeometry(30, 48 * 80, TextPlace.LAST, 256, 20, 80);
        VideoTiles tiles = VideoTiles.about(g);
        assertThat(tiles).isEqualTo(new VideoTiles(g, 6, 8, 8));
        assertThat(tiles.counts()).containsExactly(5, 6, 10);
        // 45 of 300 tiles: the window that was published, and none of 1 x 5 x 9.
        assertThat(TileWindow.ofDensity(tiles, 0.155).size()).containsExactly(3, 3, 5);
        assertThat(TileWindow.ofDensity(tiles, 1e-9).size()).containsExactly(1, 1, 1);
        assertThat(TileWindow.ofDensity(tiles, 1).size()).containsExactly(5, 6, 10);
    }

    @Test
    void tilesFitAnyVideo() {
        VideoGeometry g = new VideoGeometry(13, 20 * 45, TextPlace.FIRST, 3, 3, 45);
        VideoTiles tiles = VideoTiles.about(g);
        assertThat(tiles).isEqualTo(new VideoTiles(g, 5, 7, 8));
        VideoBlocks blocks = tiles.blocks();
        assertThat(blocks.count()).isEqualTo(1 + 3 * 3 * 6);
        assertThat(blocks.size(1)).isEqualTo(5 * 7 * 8);
        assertThat(blocks.size(blocks.count() - 1)).isEqualTo(3 * 6 * 5);
        int[] sorted = tiles.order();
        Arrays.sort(sorted);
        assertThat(sorted).isEqualTo(IntStream.range(0, g.tokens()).toArray());
        assertThat(VideoTiles.about(new VideoGeometry(1, 4, TextPlace.NONE, 0, 0, 2)))
                .extracting(t -> t.counts().length)
                .isEqualTo(3);
    }
}
