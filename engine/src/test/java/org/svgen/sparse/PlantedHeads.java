package org.svgen.sparse;

import java.lang.foreign.Arena;
import java.util.random.RandomGenerator;
import org.svgen.tensor.Tensor;

/**
 * Queries and keys with a structure that is known: tokens that a planted head should attend to
 * share a strong component of their own.
 */
final class PlantedHeads {
    private PlantedHeads() {}

    /** Q, K and V of [1, H, N, D]; head h is spatial if h is even, temporal if odd. */
    record Qkv(Tensor q, Tensor k, Tensor v) {}

    static Qkv of(
            Arena arena, VideoGeometry g, int heads, int dim, double strength, RandomGenerator r) {
        int n = g.tokens();
        float[] q = new float[heads * n * dim];
        float[] k = new float[q.length];
        float[] v = new float[q.length];
        for (int h = 0; h < heads; h++) {
            float[][] frame = directions(g.frames(), dim, r);
            float[][] place = directions(g.frameTokens(), dim, r);
            for (int i = 0; i < n; i++) {
                int j = i - g.videoFrom();
                boolean video = j >= 0 && j < g.videoTokens();
                float[] own =
                        !video
                                ? new float[dim]
                                : h % 2 == 0
                                        ? frame[j / g.frameTokens()]
                                        : place[j % g.frameTokens()];
                for (int d = 0; d < dim; d++) {
                    int at = (h * n + i) * dim + d;
                    q[at] = (float) (strength * own[d] + 0.5 * r.nextGaussian());
                    k[at] = (float) (strength * own[d] + 0.5 * r.nextGaussian());
                    v[at] = (float) r.nextGaussian();
                }
            }
        }
        return new Qkv(
                Tensor.of(arena, q, 1, heads, n, dim),
                Tensor.of(arena, k, 1, heads, n, dim),
                Tensor.of(arena, v, 1, heads, n, dim));
    }

    private static float[][] directions(int count, int dim, RandomGenerator r) {
        float[][] out = new float[count][dim];
        for (float[] row : out) {
            double norm = 0;
            for (int d = 0; d < dim; d++) {
                row[d] = (float) r.nextGaussian();
                norm += row[d] * row[d];
            }
            for (int d = 0; d < dim; d++) {
                row[d] *= (float) (Math.sqrt(dim) / Math.sqrt(norm));
            }
        }
        return out;
    }
}
