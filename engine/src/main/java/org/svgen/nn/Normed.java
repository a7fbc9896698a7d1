package org.svgen.nn;

import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Weight.Inputs;

/**
 * What a norm hands to the products behind it: activations, or rows in 8 bits with a scale each,
 * where all of these products multiply in 8 bits. Either way they give the same bits.
 *
 * @param values [M, C], of {@code type} or F8_E4M3
 * @param scales F32 [M], of rows in 8 bits
 * @param type of activations
 */
public record Normed(Tensor values, @Nullable Tensor scales, DType type) {
    /**
     * Memory of {@code workspace} for rows.
     *
     * @param products all that read them
     */
    public static Normed allocate(Workspace workspace, long rows, int width, Linear... products) {
        return inEightBits(products)
                ? new Normed(
                        workspace.allocate(DType.F8_E4M3, rows, width),
                        workspace.allocate(DType.F32, rows),
                        workspace.activation())
                : of(workspace.allocate(rows, width));
    }

    /**
     * The same for a result of as many rows and columns, in whose memory activations find room.
     *
     * @param out [M, C], not read before it is written
     */
    public static Normed within(Workspace workspace, Tensor out, Linear... products) {
        return inEightBits(products)
                ? allocate(workspace, out.size(0), out.size(1), products)
                : of(out);
    }

    /** Activations [M, C]. */
    public static Normed of(Tensor values) {
        return new Normed(values, null, values.dtype());
    }

    private static boolean inEightBits(Linear... products) {
        return Stream.of(products).allMatch(p -> p.weight().inputs() == Inputs.EIGHT_BITS);
    }

    /** Rows {@code from} to {@code to}. */
    public Normed rows(long from, long to) {
        return new Normed(
                values.rows(from, to), scales == null ? null : scales.rows(from, to), type);
    }
}
