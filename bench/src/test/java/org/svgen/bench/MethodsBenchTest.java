package org.svgen.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.svgen.bench.MethodsBench.Row;
import org.svgen.bench.StructuredInputs.Head;
import org.svgen.sparse.VideoGeometry.TextPlace;
import org.svgen.tensor.op.Ops.HeadNorm;

class MethodsBenchTest {
    private static final AttentionShape SMALL =
            new AttentionShape(
                    "small", 1, 4, 32, 6, 12, 16, TextPlace.LAST, 5, HeadNorm.Kind.RMS, false);

    private final List<String> notes = new ArrayList<>();

    @Test
    void comparesAllMethodsAtOneDensity() {
        MethodsBench.Outcome outcome = MethodsBench.run(SMALL, 0.3, "cpu", notes::add);
        Map<String, Row> rows =
                outcome.rows().stream().collect(Collectors.toMap(Row::method, Function.identity()));
        assertThat(rows.keySet()).isEqualTo(MethodsBench.methods(0.3).keySet());
        assertThat(rows.get("dense").error()).isZero();
        rows.remove("dense");
        assertThat(rows.values())
                .allSatisfy(row -> {
                    assertThat(row.error()).isBetween(1e-6, 1.0);
                    assertThat(row.errors()).hasSize(Head.values().length);
                    assertThat(row.milliseconds()).isPositive();
                });
        assertThat(rows.get("svg, every head alike").kept()).isCloseTo(0.3, within(0.05));
        // What is left out is less of an error where its mean stands for it.
        assertThat(rows.get("the same with a tail").error())
                .isLessThan(rows.get("svg, every head alike").error());
        assertThat(rows.get("sol, bricks").error()).isLessThan(rows.get("topk").error());
        assertThat(rows.get("ear").error()).isLessThan(0.6 * rows.get("svg2").error());
        assertThat(outcome.text()).anyMatch(line -> line.startsWith("| ear | 0."));
    }

    @Test
    void densityOneIsDenseAttention() {
        List<Row> rows = MethodsBench.run(SMALL, 1, "cpu", notes::add).rows();
        // A budget that moves may still take pairs from heads that do not need them.
        assertThat(rows)
                .filteredOn(row -> !row.method().equals("svg"))
                .hasSize(rows.size() - 1)
                .allSatisfy(row -> assertThat(row.error()).as(row.method()).isLessThan(1e-4));
    }

    @Test
    void refusesAnUnknownShape() {
        Bench bench = new Bench();
        assertThat(bench.run("methods --shape sora")).isEqualTo(2);
        assertThat(bench.printed()).startsWith("--shape: expected one of [");
        assertThat(bench.run("methods --density 2")).isEqualTo(2);
        assertThat(bench.printed()).startsWith("density: expected a number in (0, 1], found 2.0");
    }
}
