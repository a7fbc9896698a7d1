package org.svgen.cuda.product;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CublasLtRaceTest {
    private static final long USUAL = 60_000_000; // ns; two make the warm-up

    private static final int NEVER = 99;

    private long now;

    /** Takes {@code special} in round {@code round}, and {@code usual} otherwise. */
    private Runnable way(long usual, int round, long special, AtomicInteger runs) {
        return () -> now += runs.getAndIncrement() - 2 == round ? special : usual;
    }

    private double race(Runnable ours, Runnable theirs) {
        return new CublasLtRace(() -> now).speedOfLibrary(ours, theirs);
    }

    @Test
    void theWorstRoundCounts() {
        AtomicInteger runs = new AtomicInteger();
        Runnable ours = way(2 * USUAL, NEVER, 0, new AtomicInteger());
        assertThat(race(ours, way(USUAL, 3, USUAL * 4 / 3, runs))).isCloseTo(1.5, within(1e-6));
        assertThat(runs.get()).isEqualTo(2 + CublasLtRace.ROUNDS);
    }

    @Test
    void oneRoundThatIsNotClearlyWonDecides() {
        AtomicInteger runs = new AtomicInteger();
        Runnable ours = way(2 * USUAL, NEVER, 0, new AtomicInteger());
        assertThat(race(ours, way(USUAL, 2, 2 * USUAL * 100 / 109, runs)))
                .isLessThan(CublasLtRace.CLEARLY)
                .isCloseTo(1.09, within(1e-6));
        assertThat(runs.get()).isEqualTo(2 + 3);
    }

    /** The first runs compile and load; an idle GPU is slow. */
    @Test
    void whatIsSlowBeforeTheClocksAreUpDoesNotCount() {
        Runnable ours = way(2 * USUAL, NEVER, 0, new AtomicInteger());
        AtomicInteger runs = new AtomicInteger();
        Runnable theirs = () -> now += runs.getAndIncrement() < 2 ? 100 * USUAL : USUAL;
        assertThat(race(ours, theirs)).isCloseTo(2, within(1e-6));
    }
}
