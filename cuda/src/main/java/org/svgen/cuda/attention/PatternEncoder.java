package org.svgen.cuda.attention;

import java.util.ArrayList;
import java.util.List;
import org.svgen.tensor.op.AttentionPlan;
import org.svgen.tensor.op.AttentionPlan.Kind;
import org.svgen.tensor.op.KeyPattern.Band;
import org.svgen.tensor.op.KeyPattern.Segment;
import org.svgen.tensor.op.KeyPattern.Span;

/**
 * An attention plan as numbers that kernels read: a header of four (how many kinds, where segments
 * begin, where spans begin, nothing), then five a kind, twelve a segment, two a span.
 */
final class PatternEncoder {
    private static final int HEADER = 4;
    private static final int KIND = 5;
    private static final int SEGMENT = 12;

    private PatternEncoder() {}

    static int[] encode(AttentionPlan plan) {
        List<Integer> kinds = new ArrayList<>();
        List<Integer> segments = new ArrayList<>();
        List<Integer> spans = new ArrayList<>();
        for (Kind kind : plan.kinds()) {
            kinds.addAll(
                    List.of(
                            segments.size() / SEGMENT,
                            kind.pattern().segments().size(),
                            kind.order().start(),
                            kind.order().rows(),
                            kind.order().columns()));
            for (Segment segment : kind.pattern().segments()) {
                add(segment, segments, spans);
            }
        }
        int firstSegment = HEADER + KIND * plan.kinds().size();
        List<Integer> all = new ArrayList<>();
        all.addAll(List.of(plan.kinds().size(), firstSegment, firstSegment + segments.size(), 0));
        all.addAll(kinds);
        all.addAll(segments);
        all.addAll(spans);
        return all.stream().mapToInt(Integer::intValue).toArray();
    }

    private static void add(Segment s, List<Integer> segments, List<Integer> spans) {
        segments.addAll(List.of(s.from(), s.to(), spans.size() / 2, s.spans().size()));
        Band band = s.band();
        segments.addAll(
                band == null
                        ? List.of(0, 0, 0, 0, 1, 0, 0, 0)
                        : List.of(
                                1,
                                band.origin(),
                                band.step(),
                                band.blockOrigin(),
                                band.block(),
                                band.reach(),
                                band.clipFrom(),
                                band.clipTo()));
        for (Span span : s.spans()) {
            spans.add(span.from());
            spans.add(span.to());
        }
    }
}
