package org.svgen.models.wan;

import org.jspecify.annotations.Nullable;
import org.svgen.tensor.DType;
import org.svgen.tensor.Shape;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.vae.Frames;

/**
 * A video whose first and last frame may be given; the others are grey. It is made piece by piece,
 * so that its length takes no memory.
 *
 * @param shape [T, H, W, 3]
 * @param first host F32 [1, H, W, 3] in -1..1
 * @param last as the first
 */
record WanGivenFrames(Shape shape, @Nullable Tensor first, @Nullable Tensor last)
        implements Frames {
    @Override
    public Tensor part(Workspace workspace, int from, int to) {
        Tensor part =
                workspace.allocate(DType.F32, to - from, shape.dim(1), shape.dim(2), shape.dim(3));
        workspace.ops().fill(0, part);
        if (from == 0 && first != null) {
            workspace.backend().write(first, part.rows(0, 1));
        }
        if (to == count() && last != null) {
            workspace.backend().write(last, part.rows(part.size(0) - 1L, part.size(0)));
        }
        return part;
    }
}
