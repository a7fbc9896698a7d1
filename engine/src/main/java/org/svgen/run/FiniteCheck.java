package org.svgen.run;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import org.svgen.tensor.DType;
import org.svgen.tensor.SvgenException;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;

/**
 * Finds NaN and infinity once a step; until then the counts stay on the device.
 *
 * @param workspace gives device memory, for as long as the enclosing scope
 * @param faults I32 [layers], on the device: how many values of each layer's output are not finite
 * @param hostFaults the same in host memory
 */
public record FiniteCheck(Workspace workspace, Tensor faults, Tensor hostFaults) {
    /**
     * {@return a check for that many layers, which counted nothing yet}
     *
     * @param workspace gives device memory, for as long as the enclosing scope
     * @param host owns host memory
     * @param layers number of layers
     */
    public static FiniteCheck allocate(Workspace workspace, Arena host, int layers) {
        Tensor faults = workspace.allocate(DType.I32, layers);
        workspace.ops().fill(0, faults); // a cache may reuse the first step, which counts nothing
        return new FiniteCheck(workspace, faults, Tensor.zeros(host, DType.I32, layers));
    }

    /**
     * Looks at the counts of a step.
     *
     * @param step which, from 0
     * @param steps denoising steps
     * @param sample the latents of that step
     * @throws SvgenException naming step and layer, if there is a value that is not finite
     */
    public void require(int step, int steps, Tensor sample) {
        workspace.backend().download(faults, hostFaults);
        for (int layer = 0; layer < hostFaults.size(0); layer++) {
            int count = hostFaults.host().getAtIndex(ValueLayout.JAVA_INT, layer);
            if (count > 0) {
                throw new NonFiniteException(
                        "step %d of %d, layer %d: %d values are NaN or infinite"
                                .formatted(step + 1, steps, layer, count));
            }
        }
        try (var _ = workspace.scope()) {
            Tensor flag = workspace.allocate(DType.I32, 1);
            workspace.ops().countNonFinite(sample, flag);
            workspace.backend().download(flag, hostFaults.rows(0, 1));
            int count = hostFaults.host().getAtIndex(ValueLayout.JAVA_INT, 0);
            if (count > 0) {
                throw new NonFiniteException(
                        "step %d of %d, scheduler: %d latents are NaN or infinite"
                                .formatted(step + 1, steps, count));
            }
        }
    }
}
