package org.svgen.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StopwatchTest {
    @Test
    void aBatchIsRepeatedUntilItIsLongAndWaitedForOnce() {
        int[] done = new int[1];
        int[] waits = new int[1];
        Batch batch =
                Batch.of(
                        0.01,
                        () -> {
                            done[0]++;
                            spin(0.0001);
                        },
                        () -> waits[0]++);
        assertThat(batch.repetitions()).isBetween(2, 150);
        done[0] = 0;
        waits[0] = 0;
        batch.run();
        assertThat(done[0]).isEqualTo(batch.repetitions());
        assertThat(waits[0]).isOne();
    }

    @Test
    void aBatchCountsByOneOfItsRepetitions() {
        Stopwatch watch = new Stopwatch();
        watch.add("ten", new Batch(() -> spin(0.001), 10, () -> {}));
        watch.add("one", () -> spin(0.01));
        Map<String, Double> seconds = watch.medians(0, 5, 1);
        assertThat(seconds.keySet()).containsExactly("ten", "one");
        assertThat(Stopwatch.of(seconds, "ten"))
                .isGreaterThan(0.001)
                .isLessThan(Stopwatch.of(seconds, "one") / 2);
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

    private static void spin(double seconds) {
        long end = System.nanoTime() + (long) (seconds * 1e9);
        while (System.nanoTime() < end) {
            Thread.onSpinWait();
        }
    }
}
