package org.svgen.lab.metrics;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.svgen.checkpoint.ComputedTensor;
import org.svgen.checkpoint.SafeTensors;
import org.svgen.checkpoint.StoredWeights;
import org.svgen.checkpoint.WeightMemory;
import org.svgen.checkpoint.WeightSource;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.Shape;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.Weight;

/**
 * A trunk with its numbers.
 *
 * @param width channels of the first convolution
 * @param convolutions in the order of the trunk's
 * @param linear how much each channel counts, by feature that is compared
 */
record LpipsWeights(
        LpipsTrunk trunk, int width, List<Convolution> convolutions, List<float[]> linear) {
    private static final int COLOURS = 3;
    private static final String FIRST = "features.0.weight";
    private static final String SQUEEZED = "features.3.squeeze.weight";
    private static final String EXPECTED =
            "expected the features of AlexNet, VGG16 or SqueezeNet 1.1 as torchvision names them";

    /**
     * @param weight [Co, Ci, 1, k, k]
     * @param bias [Co]
     */
    record Convolution(Weight weight, Tensor bias) {}

    /**
     * @param memory where they go
     */
    static LpipsWeights load(Path path, SafeTensors file, WeightMemory memory) {
        Tensor first =
                file.find(FIRST).orElseThrow(() -> wrong(path, FIRST, " is missing; " + EXPECTED));
        Stream<LpipsTrunk> trunks =
                file.names().contains(SQUEEZED)
                        ? Stream.of(LpipsTrunk.SQUEEZENET)
                        : Stream.of(LpipsTrunk.ALEXNET, LpipsTrunk.VGG16);
        LpipsTrunk trunk =
                trunks.filter(t -> begins(t, first))
                        .findFirst()
                        .orElseThrow(() ->
                                wrong(
                                        path,
                                        FIRST,
                                        ": %s, [64, 3, 11, 11] or [64, 3, 3, 3], found %s"
                                                .formatted(EXPECTED, first.shape())));
        return new Loading(WeightSource.of(StoredWeights.of(file), memory), memory, trunk, first)
                .all();
    }

    /** Published trunks have 64 channels at first; narrower ones are said to be that. */
    String name() {
        return width == LpipsTrunk.WIDTH
                ? trunk.name()
                : "%s of width %d".formatted(trunk.name(), width);
    }

    private static BadInputException wrong(Path path, String tensor, String what) {
        return new BadInputException("%s: tensor \"%s\"%s".formatted(path, tensor, what));
    }

    private static boolean begins(LpipsTrunk trunk, Tensor first) {
        int kernel = trunk.convolutions().findFirst().orElseThrow().kernel();
        return first.shape().rank() == 4
                && first.size(0) > 0
                && first.size(0) % trunk.widthStep() == 0
                && first.size(1) == COLOURS
                && first.size(2) == kernel
                && first.size(3) == kernel;
    }

    /** Goes through a trunk. */
    private record Loading(
            WeightSource weights, WeightMemory memory, LpipsTrunk trunk, Tensor first) {
        LpipsWeights all() {
            List<Convolution> convolutions = new ArrayList<>();
            List<float[]> linear = new ArrayList<>();
            int in = COLOURS;
            for (LpipsTrunk.Convolution c : trunk.convolutions().toList()) {
                int out = channels(c.channels());
                convolutions.add(
                        c.parts().size() == 1
                                ? single(c.parts().getFirst(), in)
                                : joined(c, in, out));
                if (c.tap()) {
                    linear.add(linear(linear.size(), out));
                }
                in = out;
            }
            return new LpipsWeights(
                    trunk, first.size(0), List.copyOf(convolutions), List.copyOf(linear));
        }

        /** Of as many as published. */
        private int channels(int published) {
            return Math.toIntExact((long) published * first.size(0) / LpipsTrunk.WIDTH);
        }

        private Convolution single(LpipsTrunk.Convolution.Part part, int in) {
            int out = channels(part.channels());
            int k = part.kernel();
            return new Convolution(
                    weights.weight(part.name() + ".weight", out, in, k, k)
                            .reshape(out, in, 1, k, k),
                    weights.tensor(part.name() + ".bias", out));
        }

        /**
         * One convolution that makes the channels of all parts, so that nothing is put together.
         */
        private Convolution joined(LpipsTrunk.Convolution c, int in, int out) {
            List<float[]> rows = new ArrayList<>();
            float[] biases = new float[out];
            for (LpipsTrunk.Convolution.Part part : c.parts()) {
                int n = channels(part.channels());
                int k = part.kernel();
                float[] values = weights.tensor(part.name() + ".weight", n, in, k, k).toFloats();
                float[] bias = weights.tensor(part.name() + ".bias", n).toFloats();
                for (int row = 0; row < n; row++) {
                    int from = row * in * k * k;
                    float[] own = Arrays.copyOfRange(values, from, from + in * k * k);
                    rows.add(k == c.kernel() ? own : inTheMiddle(own, in, c.kernel()));
                    biases[rows.size() - 1] = bias[row];
                }
            }
            return new Convolution(
                    Weight.of(put(rows::get, out, in, 1, c.kernel(), c.kernel())),
                    put(row -> biases, out));
        }

        private Tensor put(IntFunction<float[]> rows, long... shape) {
            return memory.put(new ComputedTensor(DType.F32, Shape.of(shape), rows), DType.F32);
        }

        /** One value for each of {@code in} channels as a kernel with zeros around it. */
        private static float[] inTheMiddle(float[] values, int in, int kernel) {
            int area = kernel * kernel;
            float[] out = new float[in * area];
            for (int c = 0; c < in; c++) {
                out[c * area + area / 2] = values[c];
            }
            return out;
        }

        /** The package lpips has a dropout before each, and so another name. */
        private float[] linear(int tap, int channels) {
            String packaged = "lin%d.model.1.weight".formatted(tap);
            String name = weights.has(packaged) ? packaged : "lin%d.weight".formatted(tap);
            return weights.tensor(name, 1, channels, 1, 1).toFloats();
        }
    }
}
