package org.svgen.run;

import java.util.Objects;
import java.util.function.Function;
import org.svgen.checkpoint.WeightMemory;
import org.svgen.pipeline.Stage;
import org.svgen.tensor.device.Workspace;

/**
 * One of a model's denoisers and the steps that it takes. Most models have one, which takes all.
 *
 * @param <C> what the denoiser is told
 * @param <M> its network
 * @param label tells experts apart: {@code high noise}; empty where there is one
 * @param from the first step
 * @param to behind the last step; as {@code from} if a run of few steps leaves it none
 * @param load brings the network's weights, the same for every request
 * @param begin tells the network what it is to show
 */
public record Expert<C, M>(
        String label, int from, int to, Function<WeightMemory, M> load, Begin<C, M> begin) {
    /** Checks that steps run forward; an expert may have none. */
    public Expert {
        Objects.requireNonNull(label, "label");
        Objects.requireNonNull(load, "load");
        Objects.requireNonNull(begin, "begin");
        if (from < 0 || to < from) {
            throw new IllegalArgumentException("steps %d to %d".formatted(from, to));
        }
    }

    /** {@return the stage in which it computes} */
    public Stage stage() {
        return new Stage(Stage.Kind.DENOISE, label);
    }

    /**
     * Tells a network what it is to show.
     *
     * @param <C> what the denoiser is told
     * @param <M> its network
     */
    @FunctionalInterface
    public interface Begin<C, M> {
        /**
         * {@return a denoiser that lives as long as the workspace}
         *
         * @param network loaded
         * @param workspace gives device memory
         * @param condition in host memory
         */
        Denoiser of(M network, Workspace workspace, C condition);
    }
}
