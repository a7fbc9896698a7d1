package org.svgen.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
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

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    @EnabledOnOs(OS.LINUX)
    void aFileThatWasCutFailsARunAndNoThread(int threads, @TempDir Path folder) throws IOException {
        Path file = Files.write(folder.resolve("file"), new byte[1 << 20]);
        try (Parallel parallel = new Parallel(threads);
                Arena arena = Arena.ofShared();
                FileChannel channel =
                        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            MemorySegment mapped =
                    channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
            channel.truncate(0);
            float[] sums = new float[64];
            for (int run = 0; run < 50; run++) {
                assertThatThrownBy(() -> parallel.run(64, task -> sums[task] = sum(mapped, task)))
                        .isInstanceOf(InternalError.class);
            }
            assertThat(whoDoesWhat(parallel, threads)).hasSize(threads);
        }
    }

    private static float sum(MemorySegment mapped, int task) {
        float sum = 0;
        for (int i = 0; i < 1000; i++) {
            sum += mapped.getAtIndex(ValueLayout.JAVA_FLOAT, 4096L * task + i);
        }
        return sum;
    }
}
