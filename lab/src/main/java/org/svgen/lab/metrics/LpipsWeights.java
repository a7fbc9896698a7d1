package org.svgen.lab.metrics;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.svgen.checkpoint.SafeTensors;
import org.svgen.checkpoint.WeightSource;
import org.svgen.tensor.BadInputException;
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
    private static final String SQUEEZENET = "features.3.squeeze.weight";
    private static final String EXPECTED =
            "expected the features of AlexNet or VGG16 as torchvision names them";

    /**
     * @param weight [Co, Ci, 1, k, k]
     * @param bias [Co]
     */
    record Convolution(Weight weight, Tensor bias) {}

    /**
     * @param file the same as {@code weights}, to see what is in it
     */
    static LpipsWeights load(Path path, SafeTensors file, WeightSource weights) {
        Tensor first =
                file.find(FIRST).orElseThrow(() -> wrong(path, FIRST, " is missing; " + EXPECTED));
        if (weights.has(SQUEEZENET)) {
            throw wrong(path, SQUEEZENET, " is SqueezeNet's; " + EXPECTED);
        }
        LpipsTrunk trunk =
                Stream.of(LpipsTrunk.ALEXNET, LpipsTrunk.VGG16)
                        .filter(t -> begins(t, first))
                        .findFirst()
                        .orElseThrow(() ->
                                wrong(
                                        path,
                                        FIRST,
                                        ": %s, [64, 3, 11, 11] or [64, 3, 3, 3], found %s"
                                                .formatted(EXPECTED, first.shape())));
        int width = first.size(0);
        List<Convolution> convolutions = new ArrayList<>();
        List<float[]> linear = new ArrayList<>();
        int in = COLOURS;
        for (LpipsTrunk.Convolution c : trunk.convolutions().toList()) {
            int out = Math.multiplyExact(width, c.widths());
            convolutions.add(convolution(weights, c, in, out));
            if (c.tap()) {
                linear.add(linear(weights, linear.size(), out));
            }
            in = out;
        }
        return new LpipsWeights(trunk, width, List.copyOf(convolutions), List.copyOf(linear));
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
                && first.size(1) == COLOURS
                && first.size(2) == kernel
                && first.size(3) == kernel;
    }

    private static Convolution convolution(
            WeightSource weights, LpipsTrunk.Convolution c, int in, int out) {
        String name = "features." + c.index();
        int k = c.kernel();
        return new Convolution(
                weights.weight(name + ".weight", out, in, k, k).reshape(out, in, 1, k, k),
                weights.tensor(name + ".bias", out));
    }

    /** The package lpips has a dropout before each, and so another name. */
    private static float[] linear(WeightSource weights, int tap, int channels) {
        String packaged = "lin%d.model.1.weight".formatted(tap);
        String name = weights.has(packaged) ? packaged : "lin%d.weight".formatted(tap);
        return weights.tensor(name, 1, channels, 1, 1).toFloats();
    }
}
