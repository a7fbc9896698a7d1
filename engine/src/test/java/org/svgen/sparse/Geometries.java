package org.svgen.sparse;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import org.svgen.sparse.VideoGeometry.TextPlace;

/** Seeded random geometries of odd sizes. */
final class Geometries {
    private Geometries() {}

    static IntStream seeds() {
        return IntStream.range(0, 60);
    }

    static RandomGenerator random(int seed) {
        return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    }

    static VideoGeometry random(RandomGenerator random) {
        TextPlace place = TextPlace.values()[random.nextInt(3)];
        int text = place == TextPlace.NONE ? 0 : random.nextInt(1, 20);
        int prompt = place == TextPlace.LAST ? random.nextInt(0, text + 1) : text;
        return new VideoGeometry(random.nextInt(1, 8), random.nextInt(1, 40), place, text, prompt);
    }
}
