package org.svgen.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
