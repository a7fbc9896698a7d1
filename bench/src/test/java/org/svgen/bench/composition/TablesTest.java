package org.svgen.bench.composition;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.svgen.pipeline.CacheSettings.Kind;
import org.svgen.setting.FamilySettings;

class TablesTest {
    private static Cell cell(Composition composition) {
        if (composition.cache() == Kind.TEA || composition.cache() == Kind.FBC) {
            return Cell.refused(
                    composition, "cache: expected another, found " + composition.cache());
        }
        boolean dense = composition.equals(composition.dense());
        return new Cell(
                composition,
                null,
                2.25,
                dense ? null : 0.25,
                composition.cache() == Kind.EASY ? 3 : 0,
                composition.equals(Composition.PLAIN) ? Double.POSITIVE_INFINITY : 30.04,
                List.of());
    }

    @Test
    void eachCellIsInItsRowAndColumnAndEachReasonStandsOnce() {
        List<Pace> paces = Pace.all(FamilySettings.NONE);
        List<Cell> cells = CompositionBench.cells(paces).stream().map(TablesTest::cell).toList();
        List<String> lines =
                new ArrayList<>(
                        new Measured("cpu:0: here", 96, 80, 17, 20, 1, 0.25, 2, paces, cells)
                                .text());
        assertThat(lines.getFirst())
                .isEqualTo(
                        "cpu:0: here. 17 frames of 96 x 80, 20 steps or 4, 2 of them dense or 1,"
                                + " density 0.25, 1 video.");
        assertThat(lines)
                .contains(
                        "| attention | none | easy | even | tea | fbc |",
                        "| dense | 2.3 s, same bits | 2.3 s, 30.0 dB, skips 3 | 2.3 s, 30.0 dB |"
                                + " refused (a) | refused (b) |",
                        "| pab | 2.3 s, 30.0 dB, keeps 0.25 | 2.3 s, 30.0 dB, keeps 0.25, skips 3"
                                + " | 2.3 s, 30.0 dB, keeps 0.25 | refused (a) | refused (b) |",
                        "- (a) `cache: expected another, found tea`",
                        "- (b) `cache: expected another, found fbc`");
        assertThat(lines.stream().filter(line -> line.startsWith("| svg,"))).hasSize(3 * 8);
    }
}
