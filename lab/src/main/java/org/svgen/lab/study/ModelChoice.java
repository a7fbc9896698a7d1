package org.svgen.lab.study;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.svgen.models.GivenModel;
import org.svgen.tensor.DType;

/**
 * Which model a study runs, and on what.
 *
 * @param model a folder, a name or files
 * @param device as {@code --device} takes it
 * @param dtype of noise and latents, which is that of the large layers too; none leaves both to the
 *     device
 * @param memoryLimit bytes of the device's memory that may be used
 * @param places in a file of what is said of the model, by the fields' names; none if it is said
 *     elsewhere
 */
public record ModelChoice(
        GivenModel model,
        String device,
        Optional<DType> dtype,
        long memoryLimit,
        Map<String, String> places) {
    /** Keeps a copy of the places. */
    public ModelChoice {
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(device, "device");
        Objects.requireNonNull(dtype, "dtype");
        Objects.requireNonNull(places, "places");
        places = Map.copyOf(places);
    }

    /**
     * {@return the same of another model, which stands in no file}
     *
     * @param other a folder, a name or files
     */
    public ModelChoice withModel(GivenModel other) {
        return new ModelChoice(other, device, dtype, memoryLimit, Map.of());
    }

    /**
     * {@return the same on another device}
     *
     * @param other as {@code --device} takes it
     */
    public ModelChoice withDevice(String other) {
        return new ModelChoice(model, other, dtype, memoryLimit, places);
    }
}
