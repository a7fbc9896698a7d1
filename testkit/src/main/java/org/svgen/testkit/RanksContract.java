package org.svgen.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.ForwardingBackend;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Activation;
import org.svgen.tensor.op.AttentionOp;
import org.svgen.tensor.op.AttentionPlan;
import org.svgen.tensor.op.KeyPattern;
import org.svgen.tensor.op.Op;
import org.svgen.tensor.op.Ops;
import org.svgen.tensor.op.Ops.HeadNorm;
import org.svgen.tensor.op.TokenOrder;
import org.svgen.tensor.op.Weight;
import org.svgen.tensor.ranks.Devices;
import org.svgen.tensor.ranks.RankException;

/** What devices compute together is what one computes, and the end of one is the end of all. */
public abstract class RanksContract {
    private static final Duration PATIENCE = Duration.ofSeconds(8);
    private static final Duration LITTLE = Duration.ofSeconds(1);
    private static final int BATCH = 2;
    private static final int TOKENS = 45;
    private static final int HEADS = 5;
    private static final int DIM = 16;
    private static final int WIDTH = HEADS * DIM;
    private static final int KINDS = 2;
    private static final long ROOM = 16 << 20;

    /** That many devices, for the caller to close. */
    protected abstract List<Backend> devices(int count);

    /** What a model's layers compute in on these. */
    protected DType activation() {
        return DType.F32;
    }

    private Backend ranks(int count) {
        return Devices.together("ranks", devices(count), PATIENCE);
    }

    /** Counts what a device computes, and fails or hangs when it is told to. */
    private static final class Watched extends ForwardingBackend {
        private double attended;
        private volatile boolean fails;
        private volatile boolean hangs;

        Watched(Backend device) {
            super(device);
        }

        @Override
        public Ops ops() {
            return this::run;
        }

        private void run(Op op) {
            if (op instanceof AttentionOp) {
                attended += op.operations();
            }
            if (fails && op instanceof AttentionOp) {
                throw new IllegalStateException("a device of a test broke");
            }
            while (hangs && op instanceof AttentionOp) {
                try {
                    Thread.sleep(10);
                } catch (InterruptedException e) {
                    return; // given up
                }
            }
            other().ops().run(op);
        }
    }

    private static List<Watched> watched(List<Backend> devices) {
        return devices.stream().map(Watched::new).toList();
    }

    /** Of a block of a transformer, and what follows: bits of the stream, of counts and choices. */
    private int[] block(Backend backend, boolean sparse) {
        Random random = new Random(1);
        List<Integer> bits = new ArrayList<>();
        try (Arena host = Arena.ofShared();
                Workspace w = new Workspace(backend, ROOM, activation())) {
            Ops ops = w.ops();
            Tensor x = w.copyOf(numbers(host, random, BATCH, TOKENS, WIDTH));
            Tensor[] matrices = new Tensor[5];
            for (int i = 0; i < matrices.length; i++) {
                Tensor f32 = w.copyOf(numbers(host, random, WIDTH, WIDTH));
                matrices[i] = w.allocate(WIDTH, WIDTH);
                ops.convert(f32, matrices[i]);
            }
            Tensor table = w.copyOf(numbers(host, random, TOKENS - 3, DIM));
            Tensor scale = w.copyOf(numbers(host, random, WIDTH));
            Tensor faults = w.allocate(DType.I32, 1);
            Tensor kinds = w.allocate(DType.I32, BATCH, HEADS);
            ops.fill(0, kinds);
            ops.fill(0, faults);
            ops.spread(x);
            Tensor h = w.allocate(BATCH, TOKENS, WIDTH);
            Tensor rows = w.allocate(BATCH, TOKENS, HEADS, DIM);
            Tensor[] qkv = new Tensor[3];
            ops.layerNorm(x, null, null, 1e-6f, scale, scale, h);
            for (int i = 0; i < 3; i++) {
                qkv[i] = w.allocate(BATCH, HEADS, TOKENS, DIM);
                ops.linear(flat(h), Weight.of(matrices[i]), null, Activation.NONE, flat(rows));
                boolean turned = i < 2;
                ops.splitHeads(
                        rows,
                        HeadNorm.NONE,
                        turned ? table : null,
                        turned ? table : null,
                        3,
                        qkv[i]);
            }
            AttentionPlan plan = plan();
            if (sparse) {
                Tensor errors = w.allocate(DType.F32, KINDS, BATCH, HEADS);
                Tensor energies = w.allocate(DType.F32, BATCH, HEADS);
                int[] sampled = {0, 7, 7, 30, 44};
                ops.profile(qkv[0], qkv[1], qkv[2], sampled, plan, TOKENS, 0.2f, errors, energies);
                ops.chooseKinds(
                        errors, energies, new float[3], new float[BATCH], Float.MAX_VALUE, kinds);
                add(bits, w.toHost(errors, host));
            }
            ops.attention(
                    qkv[0],
                    qkv[1],
                    qkv[2],
                    sparse ? plan : AttentionPlan.dense(TOKENS, TOKENS),
                    sparse ? kinds : null,
                    0.2f,
                    rows);
            ops.linear(flat(rows), Weight.of(matrices[3]), null, Activation.SILU, flat(h));
            for (int b = 0; b < BATCH; b++) {
                ops.addGated(h.get(b).rows(2, TOKENS), scale, x.get(b).rows(2, TOKENS), faults);
                ops.addGated(h.get(b).rows(0, 2), scale, x.get(b).rows(0, 2), faults);
            }
            ops.linear(flat(h), Weight.of(matrices[4]), null, Activation.NONE, flat(rows));
            ops.addNorm(flat(rows), null, flat(x), null, null, 1e-6f, null, null, flat(h));
            add(bits, w.toHost(kinds, host));
            Tensor turnedRound = w.allocate(TOKENS, BATCH, WIDTH);
            ops.permute(h, new int[] {1, 0, 2}, turnedRound);
            add(bits, w.toHost(turnedRound, host));
            add(bits, w.toHost(x, host));
            float[] endless = new float[WIDTH];
            endless[3] = Float.POSITIVE_INFINITY;
            ops.addGated(flat(h), w.copyOf(Tensor.of(host, endless, WIDTH)), flat(x), faults);
            Tensor counted = w.toHost(faults, host);
            assertThat(counted.host().get(ValueLayout.JAVA_INT, 0)).isEqualTo(BATCH * TOKENS);
            add(bits, counted);
        }
        assertThat(backend.memory().live()).isZero();
        return bits.stream().mapToInt(i -> i).toArray();
    }

    private static AttentionPlan plan() {
        return new AttentionPlan(
                List.of(
                        new AttentionPlan.Kind(
                                KeyPattern.dense(TOKENS, TOKENS), TokenOrder.IDENTITY),
                        new AttentionPlan.Kind(
                                KeyPattern.dense(TOKENS, TOKENS), TokenOrder.IDENTITY)));
    }

    private static void add(List<Integer> bits, Tensor host) {
        for (byte b : host.host().toArray(ValueLayout.JAVA_BYTE)) {
            bits.add((int) b);
        }
    }

    private static Tensor flat(Tensor x) {
        return x.reshape((long) BATCH * TOKENS, WIDTH);
    }

    private static Tensor numbers(Arena host, Random random, long... dims) {
        Tensor tensor = Tensor.zeros(host, DType.F32, dims);
        float[] values = new float[Math.toIntExact(tensor.elements())];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian() / 4;
        }
        return Tensor.of(host, values, dims);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 8})
    void theBitsAreThoseOfOneDevice(int count) {
        int[] dense;
        int[] sparse;
        try (Backend one = devices(1).getFirst()) {
            dense = block(one, false);
            sparse = block(one, true);
        }
        assertThat(dense).isNotEqualTo(sparse);
        try (Backend ranks = ranks(count)) {
            assertThat(Arrays.equals(block(ranks, false), dense)).as("dense").isTrue();
            assertThat(Arrays.equals(block(ranks, true), sparse)).as("sparse").isTrue();
        }
    }

    /** Ten heads over three devices: three, three and four. */
    @Test
    void eachDeviceAttendsWithItsHeadsAlone() {
        List<Watched> devices = watched(devices(3));
        try (Backend ranks = Devices.together("ranks", List.copyOf(devices), PATIENCE)) {
            block(ranks, true);
        }
        double all = devices.stream().mapToDouble(d -> d.attended).sum();
        assertThat(devices).extracting(d -> 10 * d.attended / all).containsExactly(3.0, 3.0, 4.0);
    }

    @Test
    @Timeout(value = 30, unit = TimeUnit.SECONDS)
    void theErrorOfOneDeviceEndsTheWorkOfAllAndTheyGoOnBehindIt() {
        List<Watched> devices = watched(devices(3));
        try (Backend ranks = Devices.together("ranks", List.copyOf(devices), PATIENCE)) {
            devices.get(1).fails = true;
            assertThatThrownBy(() -> block(ranks, false))
                    .hasStackTraceContaining("a device of a test broke");
            devices.get(1).fails = false;
            assertThat(block(ranks, false)).isNotEmpty();
        }
    }

    @Test
    @Timeout(value = 10, unit = TimeUnit.SECONDS)
    void aDeviceThatHangsEndsTheWorkOfAll() {
        List<Watched> devices = watched(devices(3));
        try (Backend ranks = Devices.together("ranks", List.copyOf(devices), LITTLE)) {
            devices.get(1).hangs = true;
            assertThatThrownBy(() -> block(ranks, false))
                    .isInstanceOf(RankException.class)
                    .hasMessageContaining("rank 1")
                    .hasMessageContaining("no sign of life");
        }
    }
}
