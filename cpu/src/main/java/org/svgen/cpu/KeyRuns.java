package org.svgen.cpu;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.svgen.tensor.op.AttentionPlan;
import org.svgen.tensor.op.KeyPattern;
import org.svgen.tensor.op.KeyPattern.Span;
import org.svgen.tensor.op.TokenOrder;

/** The keys that one query keeps, as runs of stored positions. */
final class KeyRuns {
    private KeyRuns() {}

    /** In ascending order, for the query stored at {@code row}. */
    static List<Span> of(AttentionPlan.Kind kind, int row) {
        int position = kind.order().position(row);
        KeyPattern.Segment segment = kind.pattern().segmentOf(position);
        List<Span> runs = new ArrayList<>();
        for (Span span : segment.spans()) {
            add(runs, kind.order(), span.from(), span.to());
        }
        add(runs, kind.order(), segment.bandFrom(position), segment.bandTo(position));
        runs.sort(Comparator.comparingInt(Span::from));
        return runs;
    }

    /** Adds positions {@code from .. to} of {@code order}. */
    private static void add(List<Span> runs, TokenOrder order, int from, int to) {
        int start = order.start();
        int end = start + order.rows() * order.columns();
        addRun(runs, from, Math.min(to, start));
        addRun(runs, Math.max(from, end), to);
        int a = Math.max(from, start) - start;
        int b = Math.min(to, end) - start;
        // Position start + c * rows + r is stored at start + r * columns + c.
        for (int r = 0; r < order.rows() && a < b; r++) {
            int line = start + r * order.columns();
            addRun(
                    runs,
                    line + Math.ceilDiv(a - r, order.rows()),
                    line + Math.ceilDiv(b - r, order.rows()));
        }
    }

    private static void addRun(List<Span> runs, int from, int to) {
        if (from < to) {
            runs.add(new Span(from, to));
        }
    }
}
