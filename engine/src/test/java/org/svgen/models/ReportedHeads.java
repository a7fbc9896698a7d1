package org.svgen.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.svgen.pipeline.Report;

/** What a report says of heads, step by step and in sum. */
public final class ReportedHeads {
    private ReportedHeads() {}

    /** The letters of all steps add up to the layers' counts, and name each head of each branch. */
    public static void requireConsistent(Report report, int branches, int heads) {
        String branch = "[std]{%d}".formatted(heads);
        String call = branch + " %s".formatted(branch).repeat(branches - 1);
        for (Report.Layer layer : report.layers()) {
            List<String> calls =
                    report.steps().stream().map(s -> s.heads().get(layer.index())).toList();
            assertThat(calls).allMatch(c -> c.isEmpty() || c.matches(call));
            String all = String.join("", calls);
            assertThat(count(all, 's')).isEqualTo(layer.spatial());
            assertThat(count(all, 't')).isEqualTo(layer.temporal());
            assertThat(count(all, 'd')).isEqualTo(layer.dense());
        }
        assertThat(report.steps())
                .allSatisfy(s -> assertThat(s.heads()).hasSameSizeAs(report.layers()));
    }

    private static long count(String text, char letter) {
        return text.chars().filter(c -> c == letter).count();
    }
}
