package org.svgen.cuda.attention;

import java.util.List;
import org.svgen.tensor.op.AttentionPlan;
import org.svgen.tensor.op.KeyPattern.Segment;

/**
 * An attention plan on the device, and what kernels ask about it. Its segments may be many, so they
 * are looked through once.
 *
 * @param address where it lies, as {@link PatternEncoder} writes it
 * @param reorders whether a kind attends in another order than tokens are stored in
 * @param spans the most of a segment
 * @param backwards whether a band moves backwards
 */
record PlacedPlan(long address, boolean reorders, int spans, boolean backwards) {
    static PlacedPlan of(AttentionPlan plan, long address) {
        List<Segment> segments =
                plan.kinds().stream().flatMap(kind -> kind.pattern().segments().stream()).toList();
        return new PlacedPlan(
                address,
                plan.kinds().stream().anyMatch(kind -> !kind.order().isIdentity()),
                segments.stream().mapToInt(segment -> segment.spans().size()).max().orElse(0),
                segments.stream().anyMatch(PlacedPlan::backwards));
    }

    private static boolean backwards(Segment segment) {
        return segment.band() != null && segment.band().step() < 0;
    }
}
