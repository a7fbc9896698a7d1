package org.svgen.bench;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;
import org.svgen.nn.Rope3d;
import org.svgen.sparse.AttentionPolicy;
import org.svgen.tensor.BFloat16;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.DryRun;
import org.svgen.tensor.device.Work;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Op;
import org.svgen.tensor.op.Ops;
import org.svgen.tensor.op.Ops.HeadNorm;

/**
 * What a transformer's block does between the projections of queries, keys and values and that of
 * the attention's output, on normally distributed values.
 */
final class AttentionStep {
    private static final int PERIOD = (1 << 20) - 3; // prime: no two tokens are alike
    private static final float EPS = 1e-6f;

    private final AttentionShape shape;
    private final Tensor[] projected = new Tensor[3]; // [B, N, H, D]
    private final Tensor[] heads = new Tensor[3]; // [B, H, N, D]
    private final Tensor out; // [B, N, H, D]
    private final HeadNorm norm;
    private final Tensor cos; // F32 [V, D]
    private final Tensor sin;

    AttentionStep(Workspace ws, AttentionShape s, Rope3d rope) {
        shape = s;
        int n = s.geometry().tokens();
        for (int i = 0; i < projected.length; i++) {
            projected[i] = ws.allocate(s.batch(), n, s.heads(), s.headDim());
            heads[i] = ws.allocate(s.batch(), s.heads(), n, s.headDim());
            fill(ws, projected[i], i);
        }
        out = ws.allocate(s.batch(), n, s.heads(), s.headDim());
        try (Arena host = Arena.ofConfined()) {
            int video = s.geometry().videoTokens();
            cos = ws.copyOf(Tensor.of(host, rope.cos(), video, s.headDim()));
            sin = ws.copyOf(Tensor.of(host, rope.sin(), video, s.headDim()));
        }
        int weights = s.norm() == HeadNorm.Kind.RMS_ACROSS ? s.heads() * s.headDim() : s.headDim();
        Tensor weight = ws.allocate(DType.F32, weights);
        Tensor bias = ws.allocate(DType.F32, s.headDim());
        ws.ops().fill(1, weight);
        ws.ops().fill(0, bias);
        norm = new HeadNorm(s.norm(), weight, s.norm() == HeadNorm.Kind.LAYER ? bias : null, EPS);
    }

    private static void fill(Workspace ws, Tensor x, int seed) {
        Random random = new Random(seed);
        try (Arena host = Arena.ofConfined()) {
            Tensor drawn = Tensor.zeros(host, x.dtype(), PERIOD);
            MemorySegment to = drawn.host();
            for (long i = 0; i < PERIOD; i++) {
                float value = (float) random.nextGaussian();
                if (x.dtype() == DType.BF16) {
                    to.setAtIndex(ValueLayout.JAVA_SHORT, i, BFloat16.fromFloat(value));
                } else {
                    to.setAtIndex(ValueLayout.JAVA_FLOAT, i, value);
                }
            }
            Tensor flat = x.reshape(x.elements());
            for (long at = 0; at < x.elements(); at += PERIOD) {
                long end = Math.min(at + PERIOD, x.elements());
                ws.backend().write(drawn.rows(0, end - at), flat.rows(at, end));
            }
        }
    }

    /** Norm, rotation and layout of queries, keys and values. */
    void split(Ops ops) {
        int video = shape.geometry().videoFrom();
        ops.splitHeads(projected[0], norm, cos, sin, video, heads[0]);
        ops.splitHeads(projected[1], norm, cos, sin, video, heads[1]);
        ops.splitHeads(projected[2], HeadNorm.NONE, null, null, 0, heads[2]);
    }

    /** Attention by {@code policy}, of what was split before. */
    void attend(Workspace ws, AttentionPolicy policy) {
        policy.attend(ws, 0, heads[0], heads[1], heads[2], out);
    }

    /** The operations that {@link #attend} consists of, to be done one by one. */
    List<Op> attending(AttentionPolicy policy) {
        Work work = DryRun.play(out.dtype(), dry -> attend(dry, policy)).work();
        return work.calls().stream().map(Work.Call::op).toList();
    }
}
