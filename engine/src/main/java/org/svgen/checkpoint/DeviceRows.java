package org.svgen.checkpoint;

import java.util.function.IntFunction;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;

/**
 * Rows of a {@link ComputedTensor} that a device can compute by itself: sooner than they are
 * computed here and brought there. Numbers are the same but for the order of sums.
 */
public interface DeviceRows extends IntFunction<float[]> {
    /**
     * Computes some rows.
     *
     * @param workspace of the device; what is needed meanwhile is of it
     * @param from the first row
     * @param out F32 [rows, columns], takes as many as it has
     */
    void compute(Workspace workspace, int from, Tensor out);

    /**
     * {@return bytes of the workspace that {@link #compute} takes}
     *
     * @param rows that are computed at once
     * @param columns of each
     */
    long workspaceBytes(int rows, int columns);

    /**
     * Brings rows of any tensor to a device, or lets it compute them.
     *
     * @param host the tensor
     * @param workspace of the device
     * @param from the first row
     * @param out F32 [rows, columns], takes as many as it has
     */
    static void bring(HostTensor host, Workspace workspace, int from, Tensor out) {
        FarRows.bring(host, workspace, from, out);
    }

    /**
     * {@return bytes of the workspace that {@link #bring} takes}
     *
     * @param host the tensor
     * @param rows that are brought at once
     * @param columns of each
     */
    static long bringBytes(HostTensor host, int rows, int columns) {
        return FarRows.bringBytes(host, rows, columns);
    }

    /**
     * {@return what numbers take of a workspace}
     *
     * @param rows of F32
     * @param columns of each
     */
    static long bytes(long rows, long columns) {
        return FarRows.bytes(rows, columns, Float.BYTES);
    }
}
