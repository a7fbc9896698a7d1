package org.svgen.vae;

import java.util.Objects;
import org.svgen.tensor.Shape;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;

/**
 * The frames that go into a network. It asks for some of them at a time, so that a video that can
 * be made piece by piece need not be on the device as a whole.
 */
public interface Frames {
    /** {@return [T, H, W, C]} */
    Shape shape();

    /**
     * {@return F32 [to - from, H, W, C], readable to the workspace's operations until the scope
     * ends that is open now}
     *
     * @param workspace gives memory, if any is needed
     * @param from the first frame
     * @param to behind the last frame
     */
    Tensor part(Workspace workspace, int from, int to);

    /** {@return the number of frames} */
    default int count() {
        return shape().size(0);
    }

    /**
     * {@return frames that are there as a whole}
     *
     * @param frames F32 [T, H, W, C], readable to the workspace's operations
     */
    static Frames of(Tensor frames) {
        Objects.requireNonNull(frames, "frames");
        return new Frames() {
            @Override
            public Shape shape() {
                return frames.shape();
            }

            @Override
            public Tensor part(Workspace workspace, int from, int to) {
                return frames.rows(from, to);
            }
        };
    }
}
