package org.svgen.bench;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * Queries, keys and values of one call, with the structure that attention of video models is known
 * for (Sparse VideoGen, section 3; Sparse VideoGen 2, section 3): a head looks at what is near in
 * place and time, at the same place in all frames, at what looks alike wherever it is, or at what
 * is both near and alike. They are drawn, the same every time; no model's weights are in them.
 *
 * <p>A video is a few objects that move over a background of smooth texture. A token's feature is a
 * vector of length 1, whose product with another's says how much the head thinks of the pair.
 * Queries and keys are the feature with noise, so sharpened that equal tokens without noise score
 * as asked for before the softmax.
 */
final class StructuredInputs {
    /** What a head looks at: one head of each. */
    enum Head {
        NEAR("near"),
        SAME_PLACE("same place"),
        ALIKE("alike"),
        NEAR_AND_ALIKE("near, alike");

        final String text;

        Head(String text) {
            this.text = text;
        }
    }

    /** Heads of a call. */
    static final int HEADS = Head.values().length;

    private static final int OBJECTS = 24;
    private static final int TEXTURE = 4; // the seed
    private static final double NEAR_FRAMES = 1.5;
    private static final double NEAR_OF_FRAME = 0.12;
    private static final double SAME_PLACE_TOKENS = 1.2;
    private static final double TEXTURE_OF_FRAME = 0.1;
    private static final double TEXTURE_FRAMES = 6;
    private static final double TEXTURE_SHARE = 0.5;

    private final AttentionShape shape;
    private final int channels;
    private final int tokens;
    private final float[][] features = new float[HEADS][]; // [N, D] by head
    private final float[] looks; // [N, D], what a token is like

    StructuredInputs(AttentionShape shape) {
        this.shape = shape;
        this.channels = shape.headDim();
        this.tokens = shape.geometry().tokens();
        double across = Math.max(shape.rows(), shape.columns());
        looks = looks(across);
        float[] near = waves(1, NEAR_FRAMES, NEAR_OF_FRAME * across, NEAR_OF_FRAME * across);
        features[Head.NEAR.ordinal()] = near;
        features[Head.SAME_PLACE.ordinal()] =
                waves(2, Double.POSITIVE_INFINITY, SAME_PLACE_TOKENS, SAME_PLACE_TOKENS);
        features[Head.ALIKE.ordinal()] = looks;
        features[Head.NEAR_AND_ALIKE.ordinal()] = sum(near, 1, looks, 1);
        text();
    }

    /**
     * Draws a call's operands, each [heads, tokens, channels].
     *
     * @param call its number: noise differs from call to call
     * @param noise from 0, none, to 1, nothing else
     * @param sharpness what equal tokens without noise score before the softmax
     */
    void fill(int call, double noise, double sharpness, float[] q, float[] k, float[] v) {
        double length = Math.sqrt(sharpness * Math.sqrt(channels));
        for (int head = 0; head < HEADS; head++) {
            int stream = (call * HEADS + head) * 3;
            blend(features[head], stream, noise, length, q, head);
            blend(features[head], stream + 1, noise, length, k, head);
            blend(looks, stream + 2, noise, Math.sqrt(channels), v, head);
        }
    }

    private void blend(
            float[] from, int stream, double noise, double length, float[] to, int head) {
        double kept = Math.sqrt(1 - noise * noise) * length;
        double drawn = noise * length / Math.sqrt(channels);
        IntStream.range(0, tokens)
                .parallel()
                .forEach(token -> {
                    RandomGenerator random = new SplittableRandom(((long) stream << 32) + token);
                    int at = token * channels;
                    int out = head * tokens * channels + at;
                    for (int c = 0; c < channels; c++) {
                        to[out + c] = (float) (kept * from[at + c] + drawn * random.nextGaussian());
                    }
                });
    }

    /** Objects, each with a vector of its own, over texture. */
    private float[] looks(double across) {
        RandomGenerator random = new SplittableRandom(3);
        double[][] objects = new double[OBJECTS][5]; // row, column, their speeds, size
        float[] own = new float[OBJECTS * channels];
        for (int o = 0; o < OBJECTS; o++) {
            objects[o][0] = random.nextDouble() * shape.rows();
            objects[o][1] = random.nextDouble() * shape.columns();
            objects[o][2] = random.nextGaussian() * 0.5 * shape.rows() / shape.frames();
            objects[o][3] = random.nextGaussian() * 0.5 * shape.columns() / shape.frames();
            objects[o][4] = 0.5 + random.nextDouble();
            for (int c = 0; c < channels; c++) {
                own[o * channels + c] = (float) random.nextGaussian();
            }
            unit(own, o * channels);
        }
        float[] mine = new float[tokens * channels];
        eachToken((token, frame, row, column) ->
                System.arraycopy(
                        own,
                        nearest(objects, frame, row, column) * channels,
                        mine,
                        token * channels,
                        channels));
        float[] texture =
                waves(
                        TEXTURE,
                        TEXTURE_FRAMES,
                        TEXTURE_OF_FRAME * across,
                        TEXTURE_OF_FRAME * across);
        return sum(mine, 1, texture, TEXTURE_SHARE);
    }

    private static int nearest(double[][] objects, int frame, int row, int column) {
        int best = 0;
        double least = Double.POSITIVE_INFINITY;
        for (int o = 0; o < objects.length; o++) {
            double[] x = objects[o];
            double down = x[0] + x[2] * frame - row;
            double right = x[1] + x[3] * frame - column;
            double distance = (down * down + right * right) / (x[4] * x[4]);
            if (distance < least) {
                least = distance;
                best = o;
            }
        }
        return best;
    }

    /**
     * Random Fourier features: the product of two is about exp(-d^2 / 2) of their distance d in
     * these lengths.
     */
    private float[] waves(int seed, double frames, double rows, double columns) {
        RandomGenerator random = new SplittableRandom(seed);
        double[][] wave = new double[channels][4];
        for (double[] w : wave) {
            w[0] = random.nextGaussian() / frames;
            w[1] = random.nextGaussian() / rows;
            w[2] = random.nextGaussian() / columns;
            w[3] = random.nextDouble() * 2 * Math.PI;
        }
        float[] to = new float[tokens * channels];
        eachToken((token, frame, row, column) -> {
            for (int c = 0; c < channels; c++) {
                double[] w = wave[c];
                to[token * channels + c] =
                        (float) Math.cos(w[0] * frame + w[1] * row + w[2] * column + w[3]);
            }
            unit(to, token * channels);
        });
        return to;
    }

    /** Text tokens are like nothing that is there, nor like each other. */
    private void text() {
        int from = shape.geometry().textFrom();
        for (int t = 0; t < shape.textTokens(); t++) {
            RandomGenerator random = new SplittableRandom(7L * (t + 1));
            for (float[] x : distinct()) {
                int at = (from + t) * channels;
                for (int c = 0; c < channels; c++) {
                    x[at + c] = (float) random.nextGaussian();
                }
                unit(x, at);
            }
        }
    }

    private float[][] distinct() {
        return Arrays.stream(features).distinct().toArray(float[][]::new);
    }

    private float[] sum(float[] a, double ofA, float[] b, double ofB) {
        float[] to = new float[a.length];
        IntStream.range(0, tokens)
                .parallel()
                .forEach(token -> {
                    int at = token * channels;
                    for (int c = at; c < at + channels; c++) {
                        to[c] = (float) (ofA * a[c] + ofB * b[c]);
                    }
                    unit(to, at);
                });
        return to;
    }

    private void unit(float[] x, int at) {
        double square = 0;
        for (int c = at; c < at + channels; c++) {
            square += (double) x[c] * x[c];
        }
        float factor = square == 0 ? 0 : (float) (1 / Math.sqrt(square));
        for (int c = at; c < at + channels; c++) {
            x[c] *= factor;
        }
    }

    private interface AtToken {
        void visit(int token, int frame, int row, int column);
    }

    private void eachToken(AtToken visitor) {
        int from = shape.geometry().videoFrom();
        int frameTokens = shape.rows() * shape.columns();
        IntStream.range(0, shape.frames() * frameTokens)
                .parallel()
                .forEach(i ->
                        visitor.visit(
                                from + i,
                                i / frameTokens,
                                i % frameTokens / shape.columns(),
                                i % shape.columns()));
    }
}
