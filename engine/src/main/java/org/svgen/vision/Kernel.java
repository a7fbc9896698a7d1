package org.svgen.vision;

/** How a resized pixel weighs its neighbours, as Pillow defines it. */
public enum Kernel {
    /** Cubic convolution with a = -0.5. */
    BICUBIC(2) {
        @Override
        double at(double x) {
            double far = Math.abs(x);
            if (far < 1) {
                return ((A + 2) * far - (A + 3)) * far * far + 1;
            }
            return far < 2 ? (((far - 5) * far + 8) * far - 4) * A : 0;
        }
    },

    /** A sinc, windowed by one that is three times as wide. */
    LANCZOS(3) {
        @Override
        double at(double x) {
            return Math.abs(x) < 3 ? sinc(x) * sinc(x / 3) : 0;
        }
    };

    private static final double A = -0.5;

    private final int radius;

    Kernel(int radius) {
        this.radius = radius;
    }

    /** In pixels: neighbours farther away weigh nothing. */
    int radius() {
        return radius;
    }

    /** The weight of a neighbour that is {@code x} pixels away. */
    abstract double at(double x);

    private static double sinc(double x) {
        return x == 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
    }
}
