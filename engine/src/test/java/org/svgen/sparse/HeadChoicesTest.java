package org.svgen.sparse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.sparse.VideoGeometry.TextPlace;

class HeadChoicesTest {
    static List<Integer> seeds() {
        return Geometries.seeds().boxed().toList();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void widthsRiseAboutTheOneThatWasAskedFor(int seed) {
        RandomGenerator random = Geometries.random(seed);
        VideoGeometry g = Geometries.random(random);
        int sink = g.text() == TextPlace.NONE && g.frames() > 1 ? random.nextInt(2) : 0;
        Band band = Band.ofDensity(g, random.nextDouble(0.1, 1), sink);
        if (band.halfWidth() == 0) {
            return; // of which there are no wider ones
        }
        HeadChoices choices = HeadChoices.around(band);
        int widths = (choices.count() - 1) / 2;
        assertThat(choices.count()).isEqualTo(2 * widths + 1).isLessThanOrEqualTo(15);
        assertThat(choices.plan().kinds()).hasSize(choices.count());
        assertThat(choices.bands().kinds())
                .isEqualTo(choices.plan().kinds().subList(0, 2 * widths));
        List<HeadKind> kinds = choices.kinds();
        assertThat(kinds.subList(0, widths)).containsOnly(HeadKind.SPATIAL);
        assertThat(kinds.subList(widths, 2 * widths)).containsOnly(HeadKind.TEMPORAL);
        assertThat(kinds.getLast()).isEqualTo(HeadKind.DENSE);
        int base = choices.base().getFirst();
        assertThat(choices.base()).containsExactly(base, widths + base);
        double[] densities = choices.densities();
        for (HeadKind kind : List.of(HeadKind.SPATIAL, HeadKind.TEMPORAL)) {
            int from = kind.ordinal() * widths;
            assertThat(densities[from + base]).isEqualTo(band.pattern(kind).density());
            for (int i = 0; i < widths; i++) {
                assertThat(choices.widthLetter(from + i)).isEqualTo(Character.forDigit(i, 36));
                if (i > 0) {
                    assertThat(densities[from + i]).isGreaterThan(densities[from + i - 1]);
                }
                if (i != base) {
                    assertThat(densities[from + i]).isLessThanOrEqualTo(0.85);
                }
            }
        }
        assertThat(choices.widthLetter(2 * widths)).isEqualTo('-');
        assertThat(densities[2 * widths]).isEqualTo(band.pattern(HeadKind.DENSE).density());
        assertThat(choices.widths()).hasSize(widths).isSorted();
    }

    @ParameterizedTest
    @CsvSource({
        "0.1, '0.03 0.045 0.065 0.1 0.14 0.2 0.28', 3",
        "0.3, '0.09 0.135 0.195 0.3 0.42 0.6 0.84', 3",
        "0.5, '0.15 0.225 0.325 0.5 0.7', 3",
        "0.97, '0.29 0.44 0.63 0.97', 3",
        "1, '0.3 0.45 0.65 1', 3"
    })
    void aLargeVideoHasRoomForAllThatIsNotNearlyDense(double density, String expected, int base) {
        VideoGeometry g = new VideoGeometry(13, 400, TextPlace.NONE, 0, 0);
        HeadChoices choices = HeadChoices.around(Band.ofDensity(g, density, 0));
        String[] widths = expected.split(" ");
        assertThat(choices.widths()).hasSize(widths.length);
        for (int i = 0; i < widths.length; i++) {
            assertThat(choices.widths().get(i))
                    .isCloseTo(Double.parseDouble(widths[i]), within(0.006));
        }
        assertThat(choices.base().getFirst()).isEqualTo(base);
    }

    /** The first frame alone keeps 1 in 5 pairs. */
    @Test
    void whatIsNarrowerThanTheSinkIsLeftOut() {
        VideoGeometry g = new VideoGeometry(5, 40, TextPlace.NONE, 0, 0);
        HeadChoices choices = HeadChoices.around(Band.ofDensity(g, 0.3, 1));
        assertThat(choices.base().getFirst()).isZero();
        assertThat(choices.widths()).hasSize(4).allMatch(d -> d > 0.2);
        assertThat(choices.widths().getFirst()).isBetween(0.25, 0.3);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void theSmallestVideosHaveFewWidths(int frames) {
        VideoGeometry g = new VideoGeometry(frames, 2, TextPlace.NONE, 0, 0);
        HeadChoices choices = HeadChoices.around(new Band(g, 1, 0));
        assertThat(choices.widths().getFirst()).isEqualTo(1.0 / g.tokens());
        assertThat(choices.base().getFirst()).isZero();
        assertThat(choices.widths()).doesNotHaveDuplicates();
    }

    @Test
    void eachKindOfAPlanHasAName() {
        HeadChoices choices =
                HeadChoices.of(new Band(new VideoGeometry(3, 4, TextPlace.NONE, 0, 0), 2, 0));
        assertThat(choices.kinds())
                .containsExactly(HeadKind.SPATIAL, HeadKind.TEMPORAL, HeadKind.DENSE);
        assertThat(choices.base()).containsExactly(0, 1);
        assertThatThrownBy(
                        () -> new HeadChoices(choices.plan(), List.of(HeadKind.DENSE), List.of(0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("1 names for 3 kinds");
    }
}
