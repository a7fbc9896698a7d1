package org.svgen.vae;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.WeightSource;
import org.svgen.tensor.Tensor;

/**
 * Residual blocks of one resolution.
 *
 * @param resample to the next resolution; none where that stays
 * @param shortcut beside all of them; none in most families
 */
public record VaeBlock(
        List<Resnet> resnets, @Nullable Resample resample, @Nullable BlockShortcut shortcut) {
    /**
     * One block for each of {@code channels}, the first of which are those of the input.
     *
     * @param name of the list of blocks
     * @param resnets of each block
     */
    public static List<VaeBlock> load(
            WeightSource weights,
            String name,
            List<Integer> channels,
            int resnets,
            VaeLayers layers,
            Resample.Loader resample) {
        List<VaeBlock> blocks = new ArrayList<>();
        int before = channels.getFirst();
        for (int i = 0; i < channels.size(); i++) {
            WeightSource w = weights.at(name + "." + i);
            int after = channels.get(i);
            blocks.add(
                    new VaeBlock(
                            Resnet.load(w, resnets, before, after, layers),
                            resample.load(w, i, after),
                            null));
            before = after;
        }
        return blocks;
    }

    Tensor apply(Pass pass, Tensor x) { // [T, H, W, C]
        Tensor kept = shortcut == null ? x : kept(pass, x);
        Tensor y = x;
        for (Resnet resnet : resnets) {
            y = resnet.apply(pass, y);
        }
        Tensor out = resample == null ? y : resample.apply(pass, y);
        if (shortcut != null) {
            shortcut.add(pass.ops(), kept, out);
        }
        return out;
    }

    /** Residual blocks change what they are given, unless the first changes its channels. */
    private Tensor kept(Pass pass, Tensor x) {
        if (resnets.getFirst().shortcut() != null) {
            return x;
        }
        Tensor copy = pass.allocateLike(x, x.size(3));
        pass.ops().convert(x, copy);
        return copy;
    }
}
