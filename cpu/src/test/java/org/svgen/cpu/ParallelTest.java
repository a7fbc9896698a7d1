package org.svgen.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ParallelTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7})
    void runsEveryTaskOnce(int threads) {
        try (Parallel parallel = new Parallel(threads)) {
            for (int tasks : new int[] {0, 1, 2, 3, 100, 1001}) {
                AtomicIntegerArray seen = new AtomicIntegerArray(tasks);
                parallel.run(tasks, seen::incrementAndGet);
                for (int i = 0; i < tasks; i++) {
                    assertThat(seen.get(i)).isEqualTo(1);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 8})
    void givesEachThreadTheSameShareInEveryRun(int threads) {
        try (Parallel parallel = new Parallel(threads)) {
            Map<Integer, Thread> first = whoDoesWhat(parallel, threads);
            assertThat(first).containsEntry(0, Thread.currentThread());
            for (int run = 0; run < 20; run++) {
                assertThat(whoDoesWhat(parallel, threads)).isEqualTo(first);
            }
        }
    }

    /** One task for each thread, none of which ends before all have begun. */
    private static Map<Integer, Thread> whoDoesWhat(Parallel parallel, int threads) {
        Map<Integer, Thread> doers = new ConcurrentHashMap<>();
        CyclicBarrier all = new CyclicBarrier(threads);
        parallel.run(
                threads,
                task -> {
                    doers.put(task, Thread.currentThread());
                    try {
                        all.await(30, TimeUnit.SECONDS);
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                });
        return doers;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void handsOnAnExceptionAndWorksAfterwards(int threads) {
        try (Parallel parallel = new Parallel(threads)) {
            assertThatThrownBy(() ->
                            parallel.run(
                                    50,
                                    i -> {
                                        if (i == 20) {
                                            throw new IllegalStateException("task 20");
                                        }
                                    }))
                    .hasMessage("task 20");
            AtomicInteger sum = new AtomicInteger();
            parallel.ranges(1000, 7, (from, n) -> sum.addAndGet(n));
            assertThat(sum.get()).isEqualTo(1000);
        }
    }
}
