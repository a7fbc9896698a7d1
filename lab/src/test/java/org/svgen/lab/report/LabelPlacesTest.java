package org.svgen.lab.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LabelPlacesTest {
    @Test
    void aNameGoesBesideItsPoint() {
        LabelPlaces places = new LabelPlaces(300, 200);
        places.point(100, 100);
        LabelPlaces.Place place = places.of(100, 100, "svg");
        assertThat(place.align()).isEqualTo("left");
        assertThat(place.x()).isBetween(105.0, 115.0);
        assertThat(place.y()).isBetween(95.0, 105.0);
    }

    @Test
    void atTheRightEdgeItGoesToTheLeft() {
        LabelPlaces places = new LabelPlaces(300, 200);
        assertThat(places.of(290, 100, "a longer name").align()).isEqualTo("right");
    }

    @Test
    void namesOfPointsThatAreCloseKeepApart() {
        LabelPlaces places = new LabelPlaces(400, 300);
        List<LabelPlaces.Place> found = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            places.point(200 + i, 150 + 3 * i);
        }
        for (int i = 0; i < 5; i++) {
            found.add(places.of(200 + i, 150 + 3 * i, "method " + i));
        }
        for (LabelPlaces.Place a : found) {
            for (LabelPlaces.Place b : found) {
                boolean sameSide = a.align().equals(b.align());
                assertThat(a == b || !sameSide || Math.abs(a.y() - b.y()) >= 14 - 1e-9)
                        .as("%s and %s", a, b)
                        .isTrue();
            }
        }
    }
}
