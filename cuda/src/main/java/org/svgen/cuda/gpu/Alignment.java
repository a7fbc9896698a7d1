package org.svgen.cuda.gpu;

import org.jspecify.annotations.Nullable;
import org.svgen.tensor.PhantomStorage;
import org.svgen.tensor.Tensor;

/** Whether kernels may read and write several elements at once. */
public final class Alignment {
    private Alignment() {}

    /**
     * True if rows of {@code length} elements consist of whole groups of {@code group}, and the
     * tensors, if there are any, begin at multiples of a group.
     */
    public static boolean rows(int group, long length, @Nullable Tensor... tensors) {
        if (length % group != 0) {
            return false;
        }
        for (Tensor tensor : tensors) {
            if (tensor != null && address(tensor) % ((long) group * tensor.dtype().bytes()) != 0) {
                return false;
            }
        }
        return true;
    }

    /** What has no bytes counts as if it lay where memory begins. */
    private static long address(Tensor tensor) {
        return tensor.storage() instanceof PhantomStorage
                ? tensor.offset()
                : DeviceStorage.address(tensor);
    }
}
