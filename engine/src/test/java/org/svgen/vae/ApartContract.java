package org.svgen.vae;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.ForwardingBackend;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Conv3dOp;
import org.svgen.tensor.op.Op;
import org.svgen.tensor.op.Ops;
import org.svgen.tensor.ranks.Devices;
import org.svgen.testkit.FarBackend;

/** Of several devices each decodes some of the tiles, and the video is that of one. */
public abstract class ApartContract {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** A decoder with weights on the device. */
    protected abstract VaeDecoder decoder(Backend backend);

    /** [t, h, w] of latents for at least three tiles. */
    protected abstract int[] latents();

    /** Counts what a device convolves. */
    private static final class Counting extends ForwardingBackend {
        private double convolved;

        Counting() {
            super(new FarBackend(1 << 30));
        }

        @Override
        public Ops ops() {
            return this::run;
        }

        private void run(Op op) {
            if (op instanceof Conv3dOp) {
                convolved += op.operations();
            }
            other().ops().run(op);
        }
    }

    private float[] decode(Backend backend) {
        VaeDecoder decoder = decoder(backend);
        VaeShape shape = decoder.shape();
        int[] size = latents();
        int channels = shape.latentChannels();
        float[] values = new float[size[0] * size[1] * size[2] * channels];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) Math.sin(0.7 * i * i);
        }
        int frames = shape.videoFrames(size[0]);
        int height = size[1] * shape.spatialRatio();
        int width = size[2] * shape.spatialRatio();
        float[] pixels = new float[frames * height * width * 3];
        VaePlan plan = decoder.plan(size[0], size[1], size[2], 0);
        assertThat(plan.tiled()).isTrue();
        try (Arena arena = Arena.ofShared();
                Workspace workspace = new Workspace(backend, plan.workspaceBytes() + (1 << 20))) {
            Tensor host = Tensor.of(arena, values, size[0], size[1], size[2], channels);
            Tensor z = workspace.copyOf(host);
            decoder.decode(
                    plan,
                    workspace,
                    z,
                    (frame, y, x, from, offset, count) ->
                            System.arraycopy(
                                    from,
                                    offset,
                                    pixels,
                                    ((frame * height + y) * width + x) * 3,
                                    count),
                    VaeProgress.SILENT);
            Tensor behind = workspace.allocate(DType.F32, z.shape().dims());
            workspace.ops().convert(z, behind);
            assertThat(workspace.toHost(behind, arena).toFloats()).isEqualTo(values);
        }
        return pixels;
    }

    @Test
    void tilesAreSpreadOverDevicesAndTheVideoIsThatOfOne() {
        float[] expected;
        double all;
        try (Counting one = new Counting()) {
            expected = decode(one);
            all = one.convolved;
        }
        for (int count = 2; count <= 3; count++) {
            List<Counting> devices =
                    IntStream.range(0, count).mapToObj(i -> new Counting()).toList();
            try (Backend ranks = Devices.together("ranks", List.copyOf(devices), PATIENCE)) {
                assertThat(decode(ranks)).isEqualTo(expected);
            }
            assertThat(devices).allSatisfy(d -> assertThat(d.convolved).isPositive());
            assertThat(devices.stream().mapToDouble(d -> d.convolved).sum()).isEqualTo(all);
        }
    }
}
