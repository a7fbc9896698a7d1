package org.svgen.sparse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.svgen.sparse.VideoGeometry.TextPlace;
import org.svgen.tensor.op.TokenOrder;

class VideoGeometryTest {
    @ParameterizedTest
    @MethodSource("org.svgen.sparse.Geometries#seeds")
    void tokenMajorOrderIsABijectionThatLeavesTextInPlace(int seed) {
        RandomGenerator random = Geometries.random(seed);
        VideoGeometry g = Geometries.random(random);
        int sink = g.frames() > 1 ? random.nextInt(2) : 0;
        TokenOrder order = g.order(HeadKind.TEMPORAL, sink);
        boolean[] seen = new boolean[g.tokens()];
        for (int i = 0; i < g.tokens(); i++) {
            int stored = order.stored(i);
            assertThat(seen[stored]).as("position %d of %s", i, g).isFalse();
            seen[stored] = true;
            assertThat(order.position(stored)).isEqualTo(i);
            if (i < g.videoFrom() || i >= g.videoTo()) {
                assertThat(stored).isEqualTo(i);
            }
        }
    }

    @Test
    void tokenMajorPutsThePlacesOfAllFramesSideBySide() {
        VideoGeometry g = new VideoGeometry(5, 24, TextPlace.FIRST, 8, 8);
        TokenOrder order = g.order(HeadKind.TEMPORAL, 0);
        for (int f = 0; f < 5; f++) {
            for (int p = 0; p < 24; p++) {
                assertThat(order.position(8 + f * 24 + p)).isEqualTo(8 + p * 5 + f);
            }
        }
    }

    @Test
    void aSinkFrameKeepsItsPlaceInTokenMajorOrder() {
        VideoGeometry g = new VideoGeometry(5, 24, TextPlace.NONE, 0, 0);
        TokenOrder order = g.order(HeadKind.TEMPORAL, 1);
        for (int p = 0; p < 24; p++) {
            assertThat(order.position(p)).isEqualTo(p);
            assertThat(order.position(2 * 24 + p)).isEqualTo(24 + p * 4 + 1);
        }
    }

    @Test
    void contradictionsAreRefused() {
        assertThatThrownBy(() -> new VideoGeometry(2, 3, TextPlace.NONE, 4, 4))
                .hasMessageContaining("4 text tokens, placed NONE");
        assertThatThrownBy(() -> new VideoGeometry(2, 3, TextPlace.LAST, 4, 5))
                .hasMessageContaining("5 prompt tokens of 4");
        assertThatThrownBy(() -> new VideoGeometry(0, 3, TextPlace.NONE, 0, 0))
                .hasMessageContaining("0 frames");
    }
}
