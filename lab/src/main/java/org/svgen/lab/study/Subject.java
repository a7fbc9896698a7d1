package org.svgen.lab.study;

import java.util.Objects;

/**
 * What a study ran on. Runs of equal subjects compare, so it says nothing that differs from one
 * start of the program to the next.
 *
 * @param model pipeline class and folder name
 * @param modelHash SHA-256 over the model's files
 * @param device that computed
 * @param dtype type of noise and latents
 * @param version of svgen
 */
public record Subject(String model, String modelHash, String device, String dtype, String version) {
    /** Checks that nothing is null. */
    public Subject {
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(modelHash, "modelHash");
        Objects.requireNonNull(device, "device");
        Objects.requireNonNull(dtype, "dtype");
        Objects.requireNonNull(version, "version");
    }
}
