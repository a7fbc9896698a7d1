package org.svgen.lab.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The convolutions of an image classifier of torchvision whose features LPIPS compares.
 *
 * @param name as people know it
 * @param steps in their order; ReLU follows each convolution
 */
record LpipsTrunk(String name, List<Step> steps) {
    /** Channels of the first convolution as published; all others are multiples. */
    static final int WIDTH = 64;

    static final LpipsTrunk ALEXNET =
            new LpipsTrunk(
                    "AlexNet",
                    List.of(
                            new Convolution(0, 1, 11, 4, 2, true),
                            new MaxPool(3),
                            new Convolution(3, 3, 5, 1, 2, true),
                            new MaxPool(3),
                            new Convolution(6, 6, 3, 1, 1, true),
                            new Convolution(8, 4, 3, 1, 1, true),
                            new Convolution(10, 4, 3, 1, 1, true)));

    static final LpipsTrunk VGG16 =
            new LpipsTrunk("VGG16", vgg(new int[] {2, 2, 3, 3, 3}, new int[] {1, 2, 4, 8, 8}));

    /** What is done to features. */
    sealed interface Step {
        /** Pixels each way that come of {@code n}; less than 1 where these are too few. */
        int size(int n);
    }

    /**
     * Of {@code kernel} pixels each way, with zeros around, and ReLU.
     *
     * @param index in torchvision's list: it is named {@code features.index}
     * @param widths channels that it makes, in those of the first convolution
     * @param tap whether its features are compared
     */
    record Convolution(int index, int widths, int kernel, int stride, int padding, boolean tap)
            implements Step {
        @Override
        public int size(int n) {
            return Math.floorDiv(n + 2 * padding - kernel, stride) + 1;
        }
    }

    /** The largest of {@code kernel} pixels each way, at every second pixel. */
    record MaxPool(int kernel) implements Step {
        static final int STRIDE = 2;

        @Override
        public int size(int n) {
            return Math.floorDiv(n - kernel, STRIDE) + 1;
        }
    }

    /** Blocks of convolutions of 3 x 3 with ReLU between pools; the last of each is compared. */
    private static List<Step> vgg(int[] convolutions, int[] widths) {
        List<Step> steps = new ArrayList<>();
        int index = 0;
        for (int block = 0; block < widths.length; block++) {
            if (block > 0) {
                steps.add(new MaxPool(2));
                index++;
            }
            for (int i = 1; i <= convolutions[block]; i++) {
                boolean last = i == convolutions[block];
                steps.add(new Convolution(index, widths[block], 3, 1, 1, last));
                index += 2;
            }
        }
        return List.copyOf(steps);
    }

    Stream<Convolution> convolutions() {
        return steps.stream()
                .flatMap(step -> step instanceof Convolution c ? Stream.of(c) : Stream.empty());
    }

    /** Whether a pixel is left after all steps. */
    boolean fits(int height, int width) {
        int n = Math.min(height, width);
        for (Step step : steps) {
            n = step.size(n);
            if (n < 1) {
                return false;
            }
        }
        return true;
    }
}
