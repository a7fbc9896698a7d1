package org.svgen.lab.metrics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * The convolutions of an image classifier of torchvision whose features LPIPS compares.
 *
 * @param name as people know it
 * @param widthStep the first convolution's channels are a multiple of it, so that all are whole
 * @param steps in their order; ReLU follows each convolution
 */
record LpipsTrunk(String name, int widthStep, List<Step> steps) {
    /** Channels of the first convolution as published; all others are in proportion to it. */
    static final int WIDTH = 64;

    static final LpipsTrunk ALEXNET =
            new LpipsTrunk(
                    "AlexNet",
                    1,
                    List.of(
                            Convolution.plain(0, 64, 11, 4, 2, true),
                            new MaxPool(3, false),
                            Convolution.plain(3, 192, 5, 1, 2, true),
                            new MaxPool(3, false),
                            Convolution.plain(6, 384, 3, 1, 1, true),
                            Convolution.plain(8, 256, 3, 1, 1, true),
                            Convolution.plain(10, 256, 3, 1, 1, true)));

    static final LpipsTrunk VGG16 =
            new LpipsTrunk(
                    "VGG16", 1, vgg(new int[] {2, 2, 3, 3, 3}, new int[] {64, 128, 256, 512, 512}));

    static final LpipsTrunk SQUEEZENET = new LpipsTrunk("SqueezeNet 1.1", 4, squeezeNet());

    /** What is done to features. */
    sealed interface Step {
        /** Pixels each way that come of {@code n}; less than 1 where these are too few. */
        int size(int n);
    }

    /**
     * Of {@code kernel} pixels each way, with zeros around, and ReLU.
     *
     * @param parts whose channels stand one behind the other; smaller ones lie in the middle of the
     *     kernel
     * @param tap whether its features are compared
     */
    record Convolution(List<Part> parts, int kernel, int stride, int padding, boolean tap)
            implements Step {
        /**
         * A convolution as it is stored.
         *
         * @param name in torchvision
         * @param channels that it makes, as published
         */
        record Part(String name, int channels, int kernel) {}

        static Convolution plain(
                int index, int channels, int kernel, int stride, int padding, boolean tap) {
            Part part = new Part("features." + index, channels, kernel);
            return new Convolution(List.of(part), kernel, stride, padding, tap);
        }

        /** Of all parts, as published. */
        int channels() {
            return parts.stream().mapToInt(Part::channels).sum();
        }

        @Override
        public int size(int n) {
            return Math.floorDiv(n + 2 * padding - kernel, stride) + 1;
        }
    }

    /**
     * The largest of {@code kernel} pixels each way, at every second pixel.
     *
     * @param beyond whether the last window may reach beyond the edge
     */
    record MaxPool(int kernel, boolean beyond) implements Step {
        static final int STRIDE = 2;

        @Override
        public int size(int n) {
            int rest = n - kernel;
            return (beyond ? Math.ceilDiv(rest, STRIDE) : Math.floorDiv(rest, STRIDE)) + 1;
        }
    }

    /** Blocks of convolutions of 3 x 3 with ReLU between pools; the last of each is compared. */
    private static List<Step> vgg(int[] convolutions, int[] channels) {
        List<Step> steps = new ArrayList<>();
        int index = 0;
        for (int block = 0; block < channels.length; block++) {
            if (block > 0) {
                steps.add(new MaxPool(2, false));
                index++;
            }
            for (int i = 1; i <= convolutions[block]; i++) {
                boolean last = i == convolutions[block];
                steps.add(Convolution.plain(index, channels[block], 3, 1, 1, last));
                index += 2;
            }
        }
        return List.copyOf(steps);
    }

    /** A convolution, then "fire" modules between pools. */
    private static List<Step> squeezeNet() {
        List<Step> steps = new ArrayList<>();
        steps.add(Convolution.plain(0, 64, 3, 2, 0, true));
        int[] squeezed = {0, 16, 16, 0, 32, 32, 0, 48, 48, 64, 64}; // a pool for 0
        boolean[] taps = {
            false, false, true, false, false, true, false, true, true, true, true
        }; // the end of each of the seven slices of lpips
        for (int i = 0; i < squeezed.length; i++) {
            if (squeezed[i] == 0) {
                steps.add(new MaxPool(3, true));
            } else {
                steps.addAll(fire("features." + (i + 2), squeezed[i], taps[i]));
            }
        }
        return List.copyOf(steps);
    }

    /** Fewer channels, then eight times as many: half by each pixel alone, half by 3 x 3. */
    private static List<Step> fire(String name, int squeezed, boolean tap) {
        int expanded = 4 * squeezed;
        return Arrays.asList(
                new Convolution(
                        List.of(new Convolution.Part(name + ".squeeze", squeezed, 1)),
                        1,
                        1,
                        0,
                        false),
                new Convolution(
                        List.of(
                                new Convolution.Part(name + ".expand1x1", expanded, 1),
                                new Convolution.Part(name + ".expand3x3", expanded, 3)),
                        3,
                        1,
                        1,
                        tap));
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
