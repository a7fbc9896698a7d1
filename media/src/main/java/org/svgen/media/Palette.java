package org.svgen.media;

import java.awt.image.IndexColorModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * The 256 colours that serve a clip best: the histogram's box with the largest squared error is cut
 * at its mean, along its widest-spread channel, until there are enough boxes.
 */
final class Palette {
    private static final int BITS = 6;
    private static final int MASK = (1 << BITS) - 1;
    private static final int COLOURS = 256;

    private final long[] counts = new long[1 << (3 * BITS)];
    private final byte[] nearest = new byte[counts.length];
    private int[][] colours = {};

    /** Counts the pixels of a frame: red green blue red ... */
    void add(byte[] rgb) {
        for (int i = 0; i < rgb.length; i += 3) {
            counts[bin(rgb, i)]++;
        }
    }

    /** Chooses the colours for all frames added. */
    void choose() {
        int[] bins = new int[counts.length];
        int n = 0;
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] > 0) {
                bins[n++] = i;
            }
        }
        List<Box> boxes = new ArrayList<>(List.of(new Box(Arrays.copyOf(bins, n))));
        while (boxes.size() < COLOURS) {
            Box worst =
                    boxes.stream().max(Comparator.comparingDouble(box -> box.error)).orElseThrow();
            if (worst.bins.length < 2) {
                break;
            }
            boxes.remove(worst);
            boxes.addAll(worst.cut());
        }
        colours = boxes.stream().map(Box::colour).toArray(int[][]::new);
        for (int i = 0; i < n; i++) {
            nearest[bins[i]] = (byte) nearestTo(bins[i]);
        }
    }

    IndexColorModel model() {
        byte[][] channels = new byte[3][COLOURS];
        for (int i = 0; i < colours.length; i++) {
            for (int c = 0; c < 3; c++) {
                channels[c][i] = (byte) colours[i][c];
            }
        }
        return new IndexColorModel(8, COLOURS, channels[0], channels[1], channels[2]);
    }

    /** The frame as numbers of colours. */
    byte[] indices(byte[] rgb) {
        byte[] out = new byte[rgb.length / 3];
        for (int i = 0; i < out.length; i++) {
            out[i] = nearest[bin(rgb, 3 * i)];
        }
        return out;
    }

    private static int bin(byte[] rgb, int i) {
        int drop = 8 - BITS;
        return (rgb[i] & 0xff) >> drop << (2 * BITS)
                | (rgb[i + 1] & 0xff) >> drop << BITS
                | (rgb[i + 2] & 0xff) >> drop;
    }

    /** Channel {@code c} of a bin's colour, stretched so that black and white stay themselves. */
    private static double level(int bin, int c) {
        return (bin >> ((2 - c) * BITS) & MASK) * 255.0 / MASK;
    }

    private int nearestTo(int bin) {
        int best = 0;
        double least = Double.MAX_VALUE;
        for (int i = 0; i < colours.length; i++) {
            double distance = 0;
            for (int c = 0; c < 3; c++) {
                double d = level(bin, c) - colours[i][c];
                distance += d * d;
            }
            if (distance < least) {
                least = distance;
                best = i;
            }
        }
        return best;
    }

    private final class Box {
        private final int[] bins;
        private final double[] mean = new double[3];
        private final int widest;
        private final double error;

        Box(int[] bins) {
            this.bins = bins;
            double[] sums = new double[3];
            double[] squares = new double[3];
            double total = 0;
            for (int bin : bins) {
                total += counts[bin];
                for (int c = 0; c < 3; c++) {
                    double v = level(bin, c);
                    sums[c] += counts[bin] * v;
                    squares[c] += counts[bin] * v * v;
                }
            }
            int most = 0;
            double[] errors = new double[3];
            for (int c = 0; c < 3; c++) {
                mean[c] = total == 0 ? 0 : sums[c] / total;
                errors[c] = squares[c] - sums[c] * mean[c];
                most = errors[c] > errors[most] ? c : most;
            }
            widest = most;
            error = bins.length < 2 ? -1 : errors[0] + errors[1] + errors[2];
        }

        List<Box> cut() {
            int[] low = Arrays.stream(bins).filter(b -> level(b, widest) <= mean[widest]).toArray();
            int[] high = Arrays.stream(bins).filter(b -> level(b, widest) > mean[widest]).toArray();
            return List.of(new Box(low), new Box(high));
        }

        int[] colour() {
            return Arrays.stream(mean).mapToInt(v -> (int) Math.round(v)).toArray();
        }
    }
}
