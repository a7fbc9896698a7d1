package org.svgen.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class StopwatchTest {
    @Test
    void aBatchIsRepeatedUntilItIsLongAndWaitedForOnce() {
        int[] done = new int[1];
        int[] waits = new int[1];
        Batch batch =
                Batch.longEnough(
                        () -> {
                            done[0]++;
                            sleep(2);
                        },
                        () -> waits[0]++);
        assertThat(batch.repetitions()).isBetween(2, 16);
        done[0] = 0;
        waits[0] = 0;
        assertThat(batch.seconds()).isGreaterThan(0.004);
        assertThat(done[0]).isEqualTo(batch.repetitions());
        assertThat(waits[0]).isOne();
    }

    @Test
    void aBatchCountsByOneOfItsRepetitions() {
        Stopwatch watch = new Stopwatch();
        watch.add("three", new Batch(() -> sleep(2), 3, () -> {}));
        watch.add("one", () -> sleep(2));
        Map<String, Double> seconds = watch.medians(0, 3, 1);
        assertThat(seconds.keySet()).containsExactly("three", "one");
        assertThat(Stopwatch.of(seconds, "three")).isBetween(0.002, 0.006);
    }

    @Test
    void piecesTakeTurnsInAnOrderThatChanges() {
        List<String> order = new ArrayList<>();
        Stopwatch watch = new Stopwatch();
        for (String name : List.of("a", "b", "c")) {
            watch.add(name, () -> order.add(name));
        }
        watch.medians(1, 7, 1);
        List<List<String>> rounds = new ArrayList<>();
        for (int i = 0; i < order.size(); i += 3) {
            rounds.add(order.subList(i, i + 3));
        }
        assertThat(rounds)
                .hasSize(8)
                .allSatisfy(r -> assertThat(r).containsExactlyInAnyOrder("a", "b", "c"));
        assertThat(rounds.stream().distinct()).hasSizeGreaterThan(2);
    }

    private static void sleep(int milliseconds) {
        long end = System.nanoTime() + milliseconds * 1_000_000L;
        while (System.nanoTime() < end) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
    }
}
