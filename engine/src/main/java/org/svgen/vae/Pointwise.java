package org.svgen.vae;

import org.svgen.checkpoint.WeightSource;
import org.svgen.nn.Linear;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;

/** A 1 x 1 x 1 convolution: a linear map of the channels. */
public record Pointwise(Linear linear) {
    public static Pointwise load(WeightSource w, String name, int in, int out) {
        return new Pointwise(
                new Linear(
                        w.weight(name + ".weight", out, in, 1, 1, 1).reshape(out, in),
                        w.tensor(name + ".bias", out)));
    }

    /** Every pixel, into new memory. */
    public Tensor apply(Workspace workspace, Tensor x) { // [T, H, W, Ci] -> [T, H, W, Co]
        return apply(workspace, x, workspace.activation());
    }

    /** Every pixel, into new memory of a type. */
    Tensor apply(Workspace workspace, Tensor x, DType type) { // [T, H, W, Ci] -> [T, H, W, Co]
        int outputs = linear.outputs();
        long pixels = x.elements() / x.size(3);
        Tensor out = workspace.allocate(type, x.size(0), x.size(1), x.size(2), outputs);
        linear.apply(workspace.ops(), x.reshape(pixels, x.size(3)), out.reshape(pixels, outputs));
        return out;
    }
}
