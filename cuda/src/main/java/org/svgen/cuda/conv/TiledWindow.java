package org.svgen.cuda.conv;

import org.svgen.cuda.gpu.Launcher;
import org.svgen.tensor.op.Ops.Border;
import org.svgen.tensor.op.Ops.ConvGeometry;

/** The second parameter of convolutions in gemm_bf16.cu and gemm_f32.cu: {@code Window}. */
final class TiledWindow {
    private TiledWindow() {}

    static Launcher add(Launcher launcher, Convolution c) {
        ConvGeometry g = c.geometry();
        return launcher.struct()
                .i32(c.x().size(1))
                .i32(c.x().size(2))
                .i32(c.inChannels())
                .i32(c.out().size(1))
                .i32(c.out().size(2))
                .i32(c.weight().size(3))
                .i32(c.weight().size(4))
                .i32(g.strideTime())
                .i32(g.strideSpace())
                .i32(g.top())
                .i32(g.left())
                .flag(g.border() == Border.EDGE)
                .end();
    }
}
