package org.svgen.schedule;

/**
 * How a step's model output tells what sample would be left without noise: {@code ofSample * x +
 * ofOutput * output}, with x the sample before the step.
 *
 * @param ofSample factor of the sample
 * @param ofOutput factor of the model's output
 */
public record CleanSample(double ofSample, double ofOutput) {}
