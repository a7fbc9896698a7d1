package org.svgen.sparse;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.svgen.sparse.VideoGeometry.TextPlace;
import org.svgen.tensor.op.KeyPattern;

class BandTest {
    /** The predicate of the method's text, one pair at a time, for a band without sink. */
    private static boolean expected(VideoGeometry g, int w, int q, int k) {
        boolean qPadding = q >= g.promptTo() && g.text() == TextPlace.LAST;
        boolean kPadding = k >= g.promptTo() && g.text() == TextPlace.LAST;
        if (qPadding || kPadding) {
            return qPadding && kPadding;
        }
        boolean qVideo = q >= g.videoFrom() && q < g.videoTo();
        boolean kVideo = k >= g.videoFrom() && k < g.videoTo();
        return !qVideo || !kVideo || Math.abs(q - k) < w;
    }

    @ParameterizedTest
    @MethodSource("org.svgen.sparse.Geometries#seeds")
    void keepsTextAndNeighboursAndNothingElse(int seed) {
        RandomGenerator random = Geometries.random(seed);
        VideoGeometry g = Geometries.random(random);
        int w = random.nextInt(g.videoTokens() + 3);
        KeyPattern pattern = new Band(g, w, 0).pattern(HeadKind.SPATIAL);
        for (int q = 0; q < g.tokens(); q++) {
            for (int k = 0; k < g.tokens(); k++) {
                assertThat(pattern.keeps(q, k))
                        .as("%s W=%d q=%d k=%d", g, w, q, k)
                        .isEqualTo(expected(g, w, q, k));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("org.svgen.sparse.Geometries#seeds")
    void densityIsTheCountOfKeptPairs(int seed) {
        RandomGenerator random = Geometries.random(seed);
        VideoGeometry g = Geometries.random(random);
        int sink = g.frames() > 1 ? random.nextInt(2) : 0;
        Band band = new Band(g, random.nextInt(g.videoTokens() + 3), sink);
        for (HeadKind kind : HeadKind.values()) {
            KeyPattern pattern = band.pattern(kind);
            long kept = 0;
            for (int q = 0; q < g.tokens(); q++) {
                for (int k = 0; k < g.tokens(); k++) {
                    kept += pattern.keeps(q, k) ? 1 : 0;
                }
            }
            assertThat(pattern.pairs()).as("%s %s", band, kind).isEqualTo(kept);
        }
    }

    @ParameterizedTest
    @MethodSource("org.svgen.sparse.Geometries#seeds")
    void isTheWidestThatStaysWithinTheDensity(int seed) {
        RandomGenerator random = Geometries.random(seed);
        VideoGeometry g = Geometries.random(random);
        int sink = g.frames() > 1 ? random.nextInt(2) : 0;
        double density = random.nextDouble(0.05, 1);
        Band band = Band.ofDensity(g, density, sink);
        if (band.halfWidth() > 0) {
            assertThat(band.density()).isLessThanOrEqualTo(density);
        }
        if (band.halfWidth() < g.videoTokens()) {
            assertThat(new Band(g, band.halfWidth() + 1, sink).density()).isGreaterThan(density);
        }
    }

    @Test
    void aBandWiderThanTheVideoKeepsEverythingReal() {
        VideoGeometry g = new VideoGeometry(5, 24, TextPlace.FIRST, 8, 8);
        assertThat(Band.ofDensity(g, 1, 0).density()).isEqualTo(1);
        assertThat(new Band(g, 1000, 0).density()).isEqualTo(1);
    }

    @Test
    void aSinkIsTheFirstFrameInBothOrders() {
        VideoGeometry g = new VideoGeometry(6, 10, TextPlace.LAST, 4, 3);
        Band band = new Band(g, 2, 1);
        for (HeadKind kind : HeadKind.values()) {
            KeyPattern pattern = band.pattern(kind);
            var order = g.order(kind, 1);
            for (int q = 0; q < g.videoTo(); q++) {
                for (int p = 0; p < g.frameTokens(); p++) {
                    assertThat(pattern.keeps(order.position(q), order.position(p))).isTrue();
                }
            }
        }
        // A temporal query of the first frame sees its own place in a later frame.
        var order = g.order(HeadKind.TEMPORAL, 1);
        int laterSamePlace = order.position(3 * 10 + 7);
        assertThat(new Band(g, 4, 1).pattern(HeadKind.TEMPORAL).keeps(7, laterSamePlace)).isTrue();
    }
}
