package org.svgen.cuda.conv;

import java.util.List;
import java.util.function.LongConsumer;
import java.util.function.LongFunction;
import org.svgen.cuda.gpu.Gpu;
import org.svgen.cuda.gpu.Gpu.Scratch;
import org.svgen.cuda.gpu.Kernel;
import org.svgen.cuda.gpu.Kernels;
import org.svgen.cuda.product.Products;
import org.svgen.cuda.simple.GroupNorm;
import org.svgen.cuda.simple.Shuffles;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.Conv3dAddOp;
import org.svgen.tensor.op.Conv3dOp;
import org.svgen.tensor.op.ConvolveAfterOp;
import org.svgen.tensor.op.ConvolveEnlargedOp;
import org.svgen.tensor.op.ConvolveNormedOp;
import org.svgen.tensor.op.Weight;

/** Convolutions, by the first of these kernels that takes them. */
public final class Convolutions {
    private final Gpu gpu;
    private final Shuffles shuffles;
    private final PairedConv paired;
    private final Kernel<NormedConvolution> normed;
    private final Kernel<Convolution> hopper;
    private final Kernel<EnlargedConvolution> enlarged;
    private final Kernels<Convolution> kernels;

    public Convolutions(Gpu gpu, Shuffles shuffles, GroupNorm norms, Products products) {
        this.gpu = gpu;
        this.shuffles = shuffles;
        paired = new PairedConv(gpu);
        normed = new NormedPairs(gpu, norms, paired);
        hopper = new HopperConv(gpu, shuffles);
        enlarged = new EnlargedConv(gpu, shuffles);
        Kernel<Convolution> few = new FewChannelsConv(gpu, products);
        kernels =
                new Kernels<>(
                        List.of(paired, hopper, few, new TensorCoreConv(gpu), new PlainConv(gpu)));
    }

    public void run(Conv3dOp o) {
        if (inPairs(Convolution.of(o, 0))) {
            return;
        }
        channelsLast(Convolution.plain(o.weight()), lying -> kernels.run(Convolution.of(o, lying)));
    }

    /**
     * Convolves and adds at once.
     *
     * @return false if no kernel does; then nothing has been done
     */
    public boolean add(Conv3dAddOp o) {
        return onHopper(o.weight(), lying -> Convolution.of(o, lying));
    }

    /**
     * Convolves frames without putting those before in front of them.
     *
     * @return false if no kernel does; then nothing has been done
     */
    public boolean after(ConvolveAfterOp o) {
        return onHopper(o.weight(), lying -> Convolution.of(o, lying));
    }

    /**
     * Convolves what is enlarged without enlarging it.
     *
     * @return false if no kernel does; then nothing has been done
     */
    public boolean enlarged(ConvolveEnlargedOp o) {
        EnlargedConvolution convolution = new EnlargedConvolution(o);
        if (enlarged.refuses(convolution).isPresent()) {
            return false;
        }
        enlarged.run(convolution);
        return true;
    }

    /**
     * Normalises and convolves at once.
     *
     * @return false if no kernel does; then nothing has been done
     */
    public boolean normed(ConvolveNormedOp o) {
        NormedConvolution convolution = new NormedConvolution(o);
        if (normed.refuses(convolution).isPresent()) {
            return false;
        }
        normed.run(convolution);
        return true;
    }

    private boolean onHopper(Weight weight, LongFunction<Convolution> call) {
        Convolution convolution = call.apply(0);
        if (inPairs(convolution)) {
            return true;
        }
        if (hopper.refuses(convolution).isPresent()) {
            return false;
        }
        channelsLast(Convolution.plain(weight), lying -> hopper.run(call.apply(lying)));
        return true;
    }

    /** Weights that are added up need not be laid out before. */
    private boolean inPairs(Convolution convolution) {
        if (paired.refuses(convolution).isPresent()) {
            return false;
        }
        paired.run(convolution);
        return true;
    }

    private void channelsLast(Tensor weight, LongConsumer work) {
        try (Scratch scratch = gpu.scratch(weight.bytes())) {
            shuffles.channelsLast(weight, scratch.address());
            work.accept(scratch.address());
        }
    }

    /** The kernels in the order in which they are asked. */
    public List<String> description() {
        return kernels.description();
    }

    /** The kernels of convolutions of what is enlarged. */
    public List<String> enlargedDescription() {
        return List.of(Kernels.line(enlarged), "else enlarged first, then convolved");
    }
}
