package org.svgen.bench;

import java.util.List;
import java.util.stream.Stream;
import org.svgen.sparse.Band;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.AttentionPlan;
import org.svgen.tensor.op.Op;
import org.svgen.tensor.op.ProfileOp;

/**
 * A profile of heads that may have one of several widths in either order of tokens.
 *
 * @param errors F32 [kinds, B, H]
 * @param energies F32 [B, H]
 */
record ManyWidths(Tensor errors, Tensor energies) {
    /** Of the bands, kept fractions of pairs. */
    private static final List<Double> DENSITIES = List.of(0.05, 0.1, 0.15, 0.2, 0.3, 0.5);

    /** Widths and orders. */
    static final int KINDS = 2 * DENSITIES.size();

    static ManyWidths allocate(Workspace ws, AttentionShape s) {
        return new ManyWidths(
                ws.allocate(DType.F32, KINDS, s.batch(), s.heads()),
                ws.allocate(DType.F32, s.batch(), s.heads()));
    }

    /** The same profile as the one among {@code operations}, of these kinds. */
    Op profile(AttentionShape s, List<Op> operations) {
        int sink = s.firstFrameSink() ? 1 : 0;
        Stream<AttentionPlan.Kind> kinds =
                DENSITIES.stream()
                        .flatMap(
                                d -> Band.ofDensity(s.geometry(), d, sink).plan().kinds().stream());
        return operations.stream()
                .filter(ProfileOp.class::isInstance)
                .map(ProfileOp.class::cast)
                .findFirst()
                .map(op ->
                        new ProfileOp(
                                op.q(),
                                op.k(),
                                op.v(),
                                op.rows(),
                                new AttentionPlan(kinds.toList()),
                                op.keyLimit(),
                                op.scale(),
                                errors,
                                energies))
                .orElseThrow();
    }
}
