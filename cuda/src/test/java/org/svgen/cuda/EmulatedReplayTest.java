package org.svgen.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.cuda.gpu.KernelNames;
import org.svgen.cuda.product.ProductSettings;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.Storage;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Feed;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Activation;
import org.svgen.tensor.op.Ops;
import org.svgen.tensor.op.Weight;

/** Kernels that come again are started as graphs, and compute what they compute one by one. */
class EmulatedReplayTest {
    private static final int SIZE = 24;
    private static final int PHRASES = 4;

    private final Arena arena = Arena.ofShared();

    @AfterEach
    void close() {
        EmulatedGpu.set("SVGEN_EMULATED_BUSY", 0);
        arena.close();
    }

    @Test
    void stepsThatAreAlikeAreStartedTogether() {
        int before = EmulatedGpu.graphLaunches();
        try (Backend backend = open(true);
                Workspace workspace = workspace(backend)) {
            Steps steps = new Steps(workspace);
            float[] first = steps.take(1, false);
            assertThat(EmulatedGpu.graphLaunches()).isEqualTo(before);
            for (int i = 1; i < 4; i++) {
                assertThat(steps.take(1, false)).isEqualTo(first);
                assertThat(EmulatedGpu.graphLaunches()).isEqualTo(before + i);
            }
        }
    }

    @Test
    void aDeviceThatHasEnoughToDoGetsKernelsOneByOne() {
        EmulatedGpu.set("SVGEN_EMULATED_BUSY", 1);
        int before = EmulatedGpu.graphLaunches();
        try (Backend backend = open(true);
                Workspace workspace = workspace(backend)) {
            Steps steps = new Steps(workspace);
            for (int i = 0; i < 4; i++) {
                steps.take(1, false);
            }
        }
        assertThat(EmulatedGpu.graphLaunches()).isEqualTo(before);
    }

    /** Steps alike and not, inputs and weights that change between, memory that comes and goes. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void whateverComesTheResultsAreThoseOfKernelsOneByOne(int seed) {
        int before = EmulatedGpu.graphLaunches();
        List<float[]> together = play(true, seed);
        assertThat(EmulatedGpu.graphLaunches()).isGreaterThan(before + 10);
        before = EmulatedGpu.graphLaunches();
        List<float[]> alone = play(false, seed);
        assertThat(EmulatedGpu.graphLaunches()).isEqualTo(before);
        assertThat(together).hasSameSizeAs(alone);
        for (int i = 0; i < together.size(); i++) {
            assertThat(together.get(i)).as("result %d", i).isEqualTo(alone.get(i));
        }
    }

    private List<float[]> play(boolean graphs, int seed) {
        Random random = new Random(seed);
        List<float[]> results = new ArrayList<>();
        try (Backend backend = open(graphs);
                Workspace workspace = workspace(backend);
                Feed feed = backend.feed()) {
            Steps steps = new Steps(workspace);
            int phrase = 0;
            for (int i = 0; i < 120; i++) {
                switch (random.nextInt(8)) {
                    case 0 -> phrase = random.nextInt(PHRASES);
                    case 1 -> backend.write(host(random), steps.x);
                    case 2 -> {
                        feed.turn();
                        feed.write(host(random), steps.weight);
                    }
                    case 3 -> {
                        Storage taken = backend.allocate(1 << 10);
                        backend.release(taken);
                    }
                    default -> {}
                }
                results.add(steps.take(1 + phrase, random.nextInt(10) == 0));
            }
        }
        return results;
    }

    private static Backend open(boolean graphs) {
        return EmulatedGpu.open(KernelNames.candidates(8, 0), ProductSettings.own(), graphs);
    }

    private static Workspace workspace(Backend backend) {
        return new Workspace(backend, 1 << 16, DType.F32);
    }

    private Tensor host(Random random) {
        float[] values = new float[SIZE * SIZE];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian() / SIZE;
        }
        return Tensor.of(arena, values, SIZE, SIZE);
    }

    /** Something like a small model. */
    private final class Steps {
        private final Workspace workspace;
        private final Tensor x;
        private final Tensor weight;

        Steps(Workspace workspace) {
            this.workspace = workspace;
            x = workspace.allocate(DType.F32, SIZE, SIZE);
            weight = workspace.allocate(DType.F32, SIZE, SIZE);
            workspace.backend().write(host(new Random(1)), x);
            workspace.backend().write(host(new Random(2)), weight);
        }

        /**
         * @param factor what a kernel in the middle is told
         * @param brokenOff whether the step ends before that kernel
         */
        float[] take(float factor, boolean brokenOff) {
            Ops ops = workspace.ops();
            try (var _ = workspace.scope()) {
                Tensor a = workspace.allocate(DType.F32, SIZE, SIZE);
                Tensor b = workspace.allocate(DType.F32, SIZE, SIZE);
                ops.layerNorm(x, null, null, 1e-5f, null, null, a);
                for (int i = 0; i < 4; i++) {
                    ops.linear(a, Weight.of(weight), null, Activation.SILU, b);
                    ops.axpby(1, a, 0.5f, b, a);
                }
                if (!brokenOff) {
                    ops.axpby(factor, a, 1, x, a);
                    ops.multiply(a, a, b);
                    ops.axpby(1, a, 1, b, a);
                }
                Tensor host = Tensor.zeros(arena, DType.F32, SIZE, SIZE);
                workspace.backend().download(a, host);
                return host.toFloats();
            }
        }
    }

    @Test
    void theSettingIsOnOrOff() {
        System.setProperty("svgen.cuda.library", EmulatedGpu.library());
        System.setProperty("svgen.cuda.graphs", "sometimes");
        try {
            assertThatThrownBy(() -> new CudaProvider().open(0))
                    .isInstanceOf(BadInputException.class)
                    .hasMessage(
                            "system property svgen.cuda.graphs: expected on or off, found"
                                    + " 'sometimes'");
        } finally {
            System.clearProperty("svgen.cuda.library");
            System.clearProperty("svgen.cuda.graphs");
        }
    }
}
