package org.svgen.sparse;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Workspace;

/**
 * What a step's profiles measure, on the device until the step ends. Calls of a layer, for all
 * branches of guidance or for one after the other, write one behind the other.
 *
 * @param numbers F32, on the device: errors [layers, branches * bands * heads], then energies
 *     [layers, branches * heads]
 * @param host the same, in host memory
 * @param sizes of the parts
 */
record Probe(Tensor numbers, Tensor host, Sizes sizes) {
    /**
     * @param layers number of layers
     * @param branches of guidance
     * @param bands whose errors are measured
     * @param heads of a layer
     */
    record Sizes(int layers, int branches, int bands, int heads) {
        private long layerErrors() {
            return (long) branches * bands * heads;
        }

        private long errors() {
            return layers * layerErrors();
        }

        private long all() {
            return errors() + (long) layers * branches * heads;
        }
    }

    static Probe allocate(Workspace workspace, Arena host, Sizes sizes) {
        return new Probe(
                workspace.allocate(DType.F32, sizes.all()),
                Tensor.zeros(host, DType.F32, sizes.all()),
                sizes);
    }

    /** Takes the errors of a call for {@code count} branches: [bands, count, heads]. */
    Tensor errors(int layer, int branch, int count) {
        long each = (long) sizes.bands * sizes.heads;
        long from = layer * sizes.layerErrors() + branch * each;
        return numbers.rows(from, from + count * each).reshape(sizes.bands, count, sizes.heads);
    }

    /** Takes the energies of that call: [count, heads]. */
    Tensor energies(int layer, int branch, int count) {
        long from = energyAt(layer, branch);
        return numbers.rows(from, from + (long) count * sizes.heads).reshape(count, sizes.heads);
    }

    private long energyAt(int layer, int branch) {
        return sizes.errors() + ((long) layer * sizes.branches + branch) * sizes.heads;
    }

    void download(Backend backend) {
        backend.download(numbers, host);
    }

    /**
     * The errors of a head by choice, dense attention's, which is none, behind those of the bands:
     * each as a share of the mean energy of its layer's heads. NaN counts as infinite.
     *
     * @param count how many branches the call was for
     * @param tolerance squared; a band that misses more of the head's own energy is infinite
     */
    double[] relative(int layer, int branch, int count, int head, double tolerance) {
        int first = branch - branch % count;
        long call = layer * sizes.layerErrors() + (long) first * sizes.bands * sizes.heads + head;
        double own = at(energyAt(layer, branch) + head);
        double mean = 0;
        for (int h = 0; h < sizes.heads; h++) {
            mean += at(energyAt(layer, branch) + h) / sizes.heads;
        }
        double[] relative = new double[sizes.bands + 1];
        for (int band = 0; band < sizes.bands; band++) {
            double error = at(call + ((long) band * count + branch - first) * sizes.heads);
            boolean fits = error <= tolerance * own || tolerance == Double.POSITIVE_INFINITY;
            double share = mean > 0 ? error / mean : error;
            relative[band] = fits && share >= 0 ? share : Double.POSITIVE_INFINITY;
        }
        return relative;
    }

    private double at(long index) {
        return host.host().getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, index);
    }
}
