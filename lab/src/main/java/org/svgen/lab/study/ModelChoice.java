package org.svgen.lab.study;

import java.util.Objects;
import java.util.Optional;
import org.svgen.tensor.DType;

/**
 * Which model a study runs, and on what.
 *
 * @param model as {@code --model} takes it
 * @param device as {@code --device} takes it
 * @param dtype of noise and latents, which is that of the large layers too; none leaves both to the
 *     device
 * @param memoryLimit bytes of the device's memory that may be used
 */
public record ModelChoice(String model, String device, Optional<DType> dtype, long memoryLimit) {
    /** Checks that nothing is null. */
    public ModelChoice {
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(device, "device");
        Objects.requireNonNull(dtype, "dtype");
    }

    /**
     * {@return the same of another model}
     *
     * @param other as {@code --model} takes it
     */
    public ModelChoice withModel(String other) {
        return new ModelChoice(other, device, dtype, memoryLimit);
    }

    /**
     * {@return the same on another device}
     *
     * @param other as {@code --device} takes it
     */
    public ModelChoice withDevice(String other) {
        return new ModelChoice(model, other, dtype, memoryLimit);
    }
}
