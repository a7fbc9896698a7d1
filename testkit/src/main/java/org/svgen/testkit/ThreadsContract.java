package org.svgen.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.svgen.tensor.ClosedException;
import org.svgen.tensor.DType;
import org.svgen.tensor.Storage;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Feed;
import org.svgen.tensor.device.Lease;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Activation;
import org.svgen.tensor.op.Ops.ConvGeometry;
import org.svgen.tensor.op.Weight;

/** What every backend promises to threads that share it, and to those that close it. */
public abstract class ThreadsContract {
    private static final long WORKSPACE = 1 << 22;
    private static final Runnable NOTHING = () -> {};

    private final ExecutorService threads = Executors.newCachedThreadPool();

    /** Opens the backend under test. */
    protected abstract Backend open();

    @AfterEach
    void endThreads() throws InterruptedException {
        threads.shutdownNow();
        assertThat(threads.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
    }

    /** Numbers that depend on everything that operations keep between their parts. */
    private static float[] compute(Backend backend, int seed) {
        Random random = new Random(seed);
        try (Arena arena = Arena.ofShared();
                Workspace ws = new Workspace(backend, WORKSPACE)) {
            Tensor x = ws.copyOf(random(arena, random, 48, 64));
            Tensor y = ws.allocate(DType.F32, 48, 96);
            Tensor w = ws.copyOf(random(arena, random, 96, 64));
            backend.ops().linear(x, Weight.of(w), null, Activation.SILU, y);
            Tensor frames = ws.copyOf(random(arena, random, 3, 12, 16, 8));
            Tensor kernel = ws.copyOf(random(arena, random, 8, 8, 3, 3, 3));
            Tensor out = ws.allocate(DType.F32, 1, 12, 16, 8);
            backend.ops().conv3d(frames, Weight.of(kernel), null, ConvGeometry.same(1), out);
            float[] all = new float[48 * 96 + 12 * 16 * 8];
            System.arraycopy(ws.toHost(y, arena).toFloats(), 0, all, 0, 48 * 96);
            System.arraycopy(ws.toHost(out, arena).toFloats(), 0, all, 48 * 96, 12 * 16 * 8);
            return all;
        }
    }

    private static Tensor random(Arena arena, Random random, long... dims) {
        Tensor tensor = Tensor.zeros(arena, DType.F32, dims);
        for (int i = 0; i < tensor.elements(); i++) {
            Doubles.put(tensor, i, random.nextGaussian());
        }
        return tensor;
    }

    @Test
    void operationsOfManyThreadsGiveWhatTheyGiveAlone() throws Exception {
        try (Backend backend = open()) {
            List<float[]> alone = new ArrayList<>();
            for (int seed = 0; seed < 4; seed++) {
                alone.add(compute(backend, seed));
            }
            List<Future<List<float[]>>> together = new ArrayList<>();
            for (int seed = 0; seed < 4; seed++) {
                int mine = seed;
                together.add(
                        threads.submit(() -> {
                            List<float[]> made = new ArrayList<>();
                            for (int i = 0; i < 8; i++) {
                                made.add(compute(backend, mine));
                            }
                            return made;
                        }));
            }
            for (int seed = 0; seed < 4; seed++) {
                for (float[] made : together.get(seed).get(1, TimeUnit.MINUTES)) {
                    assertThat(Arrays.equals(made, alone.get(seed))).isTrue();
                }
            }
            assertThat(backend.memory().live()).isZero();
        }
    }

    @Test
    void aLeaseKeepsOtherThreadsWaiting() throws Exception {
        try (Backend backend = open()) {
            Future<float[]> other;
            try (Lease lease = backend.lease(NOTHING)) {
                other = threads.submit(() -> compute(backend, 1));
                assertThatThrownBy(() -> other.get(100, TimeUnit.MILLISECONDS))
                        .isInstanceOf(TimeoutException.class);
                compute(backend, 2);
                lease.close();
            }
            assertThat(other.get(1, TimeUnit.MINUTES)).isEqualTo(compute(backend, 1));
        }
    }

    @Test
    void threadsComeInByTheOrderInWhichTheyAsked() throws Exception {
        List<Integer> order = Collections.synchronizedList(new ArrayList<>());
        List<Future<?>> others = new ArrayList<>();
        try (Backend backend = open()) {
            try (Lease lease = backend.lease(NOTHING)) {
                for (int i = 0; i < 4; i++) {
                    int number = i;
                    CountDownLatch waits = new CountDownLatch(1);
                    others.add(
                            threads.submit(() -> {
                                // What is asked for the first time tells that it stands in line.
                                try (Lease turn = backend.lease(waits::countDown)) {
                                    order.add(number);
                                }
                            }));
                    waits.await();
                }
                assertThat(order).isEmpty();
            }
            for (Future<?> other : others) {
                other.get(1, TimeUnit.MINUTES);
            }
        }
        assertThat(order).containsExactly(0, 1, 2, 3);
    }

    @Test
    void whatALeaseAsksEndsTheWorkAtItsNextCallAndItsMemoryCanBeGivenBack() {
        AtomicBoolean stop = new AtomicBoolean();
        Runnable asked =
                () -> {
                    if (stop.get()) {
                        throw new UnsupportedOperationException("stop");
                    }
                };
        try (Backend backend = open()) {
            try (Lease lease = backend.lease(asked)) {
                compute(backend, 1);
                Storage storage = backend.allocate(1000);
                stop.set(true);
                assertThatThrownBy(() -> compute(backend, 1))
                        .isInstanceOf(UnsupportedOperationException.class);
                assertThatThrownBy(backend::synchronize)
                        .isInstanceOf(UnsupportedOperationException.class);
                backend.release(storage);
            }
            assertThat(compute(backend, 1)).isNotEmpty();
            assertThat(backend.memory().live()).isZero();
        }
    }

    @Test
    void aThreadThatWaitsHearsThatItShallStop() throws Exception {
        try (Backend backend = open();
                Lease lease = backend.lease(NOTHING)) {
            AtomicBoolean stop = new AtomicBoolean();
            Future<?> asks =
                    threads.submit(() ->
                            backend.lease(() -> {
                                if (stop.get()) {
                                    throw new UnsupportedOperationException("stop");
                                }
                            }));
            CountDownLatch began = new CountDownLatch(1);
            Future<?> computes =
                    threads.submit(() -> {
                        began.countDown();
                        return compute(backend, 1);
                    });
            began.await();
            stop.set(true);
            assertThatThrownBy(() -> asks.get(1, TimeUnit.MINUTES))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(UnsupportedOperationException.class);
            threads.shutdownNow(); // interrupts the other
            assertThatThrownBy(() -> computes.get(1, TimeUnit.MINUTES))
                    .hasCauseInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("interrupted while it waited for " + backend.name());
        }
    }

    @Test
    void aClosedBackendRefusesCallsAndMayBeClosedAgain() {
        Backend backend = open();
        Workspace workspace = new Workspace(backend, 1000);
        Storage storage = backend.allocate(1000);
        Feed feed = backend.feed();
        Tensor tensor = workspace.allocate(DType.F32, 4);
        backend.close();
        backend.close();
        List<Runnable> calls =
                List.of(
                        () -> backend.ops().fill(1, tensor),
                        () -> backend.allocate(8),
                        backend::synchronize,
                        backend::capacity,
                        backend::feed,
                        () -> feed.write(tensor, tensor),
                        () -> backend.lease(NOTHING));
        for (Runnable call : calls) {
            assertThatThrownBy(call::run)
                    .isInstanceOf(ClosedException.class)
                    .hasMessage(backend.name() + " is closed");
        }
        feed.close();
        workspace.close();
        workspace.close();
        backend.release(storage);
        assertThat(backend.memory().live()).isZero();
        assertThatThrownBy(() -> workspace.allocate(DType.F32, 4))
                .isInstanceOf(ClosedException.class);
    }

    @Test
    void memoryThatWasGivenBackCannotBeUsed() {
        try (Backend backend = open()) {
            Workspace workspace = new Workspace(backend, 1000);
            Tensor tensor = workspace.allocate(DType.F32, 4);
            workspace.close();
            assertThatThrownBy(() -> backend.ops().fill(1, tensor))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void closingStopsTheThreadThatComputesAndWaitsForIt() throws Exception {
        Backend backend = open();
        CountDownLatch computing = new CountDownLatch(1);
        AtomicBoolean left = new AtomicBoolean();
        Future<?> other =
                threads.submit(() -> {
                    try (Lease lease = backend.lease(NOTHING)) {
                        while (true) {
                            compute(backend, 1);
                            computing.countDown();
                        }
                    } finally {
                        left.set(true);
                    }
                });
        computing.await();
        backend.close();
        assertThat(backend.memory().live()).isZero();
        assertThatThrownBy(() -> other.get(1, TimeUnit.MINUTES))
                .hasCauseInstanceOf(ClosedException.class);
        assertThat(left).isTrue();
    }

    @Test
    void aThreadCannotCloseWhatItIsUsing() {
        try (Backend backend = open();
                Lease lease = backend.lease(NOTHING)) {
            assertThatThrownBy(backend::close)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("in use by this thread");
            assertThat(compute(backend, 1)).isNotEmpty();
        }
    }

    @Test
    void manyThreadsMayCloseAtOnce() throws Exception {
        Backend backend = open();
        List<Future<?>> closing = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            closing.add(threads.submit(backend::close));
        }
        for (Future<?> one : closing) {
            one.get(1, TimeUnit.MINUTES);
        }
        assertThatThrownBy(backend::synchronize).isInstanceOf(ClosedException.class);
    }

    @Test
    void aBackendOpenedByOneThreadServesAnother() throws Exception {
        try (Backend backend = threads.submit(this::open).get()) {
            assertThat(compute(backend, 1))
                    .isEqualTo(threads.submit(() -> compute(backend, 1)).get());
        }
    }
}
