package org.svgen.cuda.gpu;

import java.util.List;
import org.svgen.cuda.ffi.TensorMap;

/**
 * Tokens of heads, bf16 [batch, heads, tokens, dim], as Hopper's kernels of attention copy them: in
 * boxes of some tokens and 64 channels, several of these one behind the other.
 *
 * @param batch entries of the batch
 * @param heads of each entry
 * @param tokens of each head
 * @param dim channels of a token, a multiple of 64
 */
public record RowBoxes(long batch, long heads, long tokens, int dim) {
    /** Channels of the 128 bytes that are swizzled together. */
    public static final int PANEL = 64;

    /** Boxes with all channels, of what lies at {@code address}. */
    public TensorMap whole(long address, int rows) {
        return boxes(address, rows, dim / PANEL);
    }

    /** Boxes of 64 channels. */
    public TensorMap panels(long address, int rows) {
        return boxes(address, rows, 1);
    }

    private TensorMap boxes(long address, int rows, int panels) {
        long row = (long) dim * Short.BYTES;
        return new TensorMap(
                TensorMap.Type.BF16,
                address,
                List.of((long) PANEL, tokens, (long) dim / PANEL, heads, batch),
                List.of(row, (long) PANEL * Short.BYTES, row * tokens, row * tokens * heads),
                List.of(PANEL, rows, panels, 1, 1),
                TensorMap.Swizzle.BYTES_128);
    }
}
