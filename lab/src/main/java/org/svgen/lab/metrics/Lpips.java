package org.svgen.lab.metrics;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import org.svgen.checkpoint.SafeTensors;
import org.svgen.checkpoint.WeightMemory;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Backends;

/**
 * LPIPS, version 0.1 (Zhang et al., 2018): a distance of features that a classifier of images has
 * learnt, by the trunks AlexNet, VGG16 and SqueezeNet 1.1. It computes on the CPU, in F32. The
 * weights are in a file of the user's; docs/commands.md says what it must hold. For one thread at a
 * time.
 *
 * @see <a href="https://github.com/richzhang/PerceptualSimilarity">the official code</a>
 */
public final class Lpips implements AutoCloseable {
    private final Backend backend;
    private final SafeTensors file;
    private final WeightMemory memory;
    private final LpipsWeights weights;

    private Lpips(Backend backend, SafeTensors file, WeightMemory memory, LpipsWeights weights) {
        this.backend = backend;
        this.file = file;
        this.memory = memory;
        this.weights = weights;
    }

    /**
     * Opens a safetensors file with the weights of a trunk and of its features.
     *
     * @param path the file
     * @return what measures; the caller closes it
     * @throws BadInputException if it is no such file, with the tensor, what is expected and found
     */
    public static Lpips open(Path path) {
        Objects.requireNonNull(path, "path");
        SafeTensors file = SafeTensors.open(path);
        Backend backend = null;
        WeightMemory memory = null;
        try {
            backend = Backends.open("cpu", note -> {});
            memory = WeightMemory.resident(backend);
            return new Lpips(backend, file, memory, LpipsWeights.load(path, file, memory));
        } catch (RuntimeException | Error e) {
            if (memory != null) {
                memory.close();
            }
            if (backend != null) {
                backend.close();
            }
            file.close();
            throw e;
        }
    }

    /** {@return the name of the classifier whose features are compared} */
    public String trunk() {
        return weights.name();
    }

    /**
     * {@return false for frames of which the trunk leaves no pixel}
     *
     * @param height of a frame, in pixels
     * @param width of a frame, in pixels
     */
    public boolean fits(int height, int width) {
        return weights.trunk().fits(height, width);
    }

    /**
     * {@return the distance of two videos, mean over frames; NaN where a colour is no finite
     * number}
     *
     * @param a host F32 [frames, height, width, 3] in 0..1
     * @param b the other, of the same size
     * @throws IllegalArgumentException if the frames are too small, see {@link #fits}
     */
    public LpipsDistance distance(Tensor a, Tensor b) {
        return distance(a, b, MeasureListener.SILENT);
    }

    /**
     * As above.
     *
     * @param a host F32 [frames, height, width, 3] in 0..1
     * @param b the other, of the same size
     * @param listener hears of each frame
     * @return the distance of two videos, mean over frames; NaN where a colour is no finite number
     * @throws IllegalArgumentException if the frames are too small, see {@link #fits}
     */
    public LpipsDistance distance(Tensor a, Tensor b, MeasureListener listener) {
        Objects.requireNonNull(a, "a");
        Objects.requireNonNull(b, "b");
        Objects.requireNonNull(listener, "listener");
        Planes.requireSameVideo(a, b);
        if (!fits(a.size(1), a.size(2))) {
            throw new IllegalArgumentException("frames of %s are too small".formatted(a.shape()));
        }
        double[] sums = new double[weights.linear().size()];
        try (LpipsForward forward = new LpipsForward(weights, backend, a.size(1), a.size(2))) {
            for (int frame = 0; frame < a.size(0); frame++) {
                double[] layers = forward.layers(a.get(frame).toFloats(), b.get(frame).toFloats());
                for (int i = 0; i < sums.length; i++) {
                    sums[i] += layers[i];
                }
                listener.measured(Measure.LPIPS, frame + 1, a.size(0));
            }
        }
        return new LpipsDistance(
                weights.name(), Arrays.stream(sums).mapToObj(sum -> sum / a.size(0)).toList());
    }

    @Override
    public void close() {
        memory.close();
        backend.close();
        file.close();
    }
}
