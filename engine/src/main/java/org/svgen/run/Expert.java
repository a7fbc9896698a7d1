package org.svgen.run;

import java.util.Objects;
import org.svgen.checkpoint.WeightMemory;
import org.svgen.pipeline.Stage;
import org.svgen.tensor.device.Workspace;

/**
 * One of a model's denoisers and the steps that it takes. Most models have one, which takes all.
 *
 * @param <C> what the denoiser is told
 * @param label tells experts apart: {@code high noise}; empty where there is one
 * @param from the first step
 * @param to behind the last step
 * @param loader brings its weights
 */
public record Expert<C>(String label, int from, int to, Loader<C> loader) {
    /** Checks that there are steps. */
    public Expert {
        Objects.requireNonNull(label, "label");
        Objects.requireNonNull(loader, "loader");
        if (from < 0 || to <= from) {
            throw new IllegalArgumentException("steps %d to %d".formatted(from, to));
        }
    }

    /** {@return the stage in which it computes} */
    public Stage stage() {
        return new Stage(Stage.Kind.DENOISE, label);
    }

    /**
     * Loads a denoiser and tells it what it is to show.
     *
     * @param <C> what the denoiser is told
     */
    @FunctionalInterface
    public interface Loader<C> {
        /**
         * {@return a denoiser that lives as long as the workspace}
         *
         * @param weights takes what its weights need
         * @param workspace gives device memory
         * @param condition in host memory
         */
        Denoiser load(WeightMemory weights, Workspace workspace, C condition);
    }
}
