package org.svgen.lab.study;

/**
 * A denoising step of a run.
 *
 * @param index from 0
 * @param seconds wall-clock time
 * @param density kept fraction of query-key pairs of its attention calls, counted
 * @param reused true if the denoiser was not computed and an earlier result was taken
 */
public record StepResult(int index, double seconds, double density, boolean reused) {}
