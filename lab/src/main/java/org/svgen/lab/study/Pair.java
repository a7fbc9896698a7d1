package org.svgen.lab.study;

/**
 * A prompt and a seed: every method makes this video.
 *
 * @param prompt index among the study's prompts
 * @param seed of the noise
 */
record Pair(int prompt, long seed) {}
