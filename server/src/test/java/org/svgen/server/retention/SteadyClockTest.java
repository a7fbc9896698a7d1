package org.svgen.server.retention;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SteadyClockTest {
    private static final Instant START = Instant.parse("2026-11-30T08:00:00Z");

    @TempDir Path folder;

    private final List<String> log = new ArrayList<>();
    private Instant system = START;
    private long nanos = Long.MAX_VALUE - 7; // such clocks may overflow
    private SteadyClock clock;

    @BeforeEach
    void start() {
        clock = new SteadyClock(() -> system, () -> nanos, folder.resolve("clock"), log::add);
    }

    private void pass(Duration time) {
        system = system.plus(time);
        nanos += time.toNanos();
    }

    private void jump(Duration time) {
        system = system.plus(time);
    }

    private Instant passed(Duration time) {
        pass(time);
        return clock.instant();
    }

    @Test
    void timeThatPassesAndClocksThatAreSetALittleAreFollowed() {
        assertThat(passed(Duration.ofDays(400))).isEqualTo(START.plus(Duration.ofDays(400)));
        jump(Duration.ofSeconds(90));
        assertThat(clock.instant()).isEqualTo(system);
        jump(Duration.ofDays(-3));
        assertThat(clock.instant()).isEqualTo(system);
        assertThat(log).isEmpty();
    }

    @Test
    void aJumpAheadIsDoubtedForADayAndTimeGoesOnMeanwhile() {
        jump(Duration.ofDays(365));
        assertThat(clock.instant()).isEqualTo(START);
        assertThat(passed(Duration.ofHours(23))).isEqualTo(START.plus(Duration.ofHours(23)));
        assertThat(log)
                .singleElement()
                .asString()
                .startsWith("the clock jumped ahead by 365 d 0 h");
        assertThat(passed(Duration.ofHours(1))).isEqualTo(system);
        assertThat(log).last().asString().contains("go by it again");
        assertThat(passed(Duration.ofDays(9))).isEqualTo(system);
    }

    @Test
    void aClockThatIsSetBackIsBelievedAgainAndTheNextJumpIsDoubtedAnew() {
        jump(Duration.ofDays(30));
        clock.instant();
        jump(Duration.ofDays(-30));
        assertThat(passed(Duration.ofHours(20))).isEqualTo(system);
        jump(Duration.ofHours(30));
        assertThat(passed(Duration.ofHours(20))).isEqualTo(START.plus(Duration.ofHours(40)));
        jump(Duration.ofDays(3000));
        assertThat(passed(Duration.ofHours(20)))
                .as("a second jump has a day of its own")
                .isEqualTo(START.plus(Duration.ofHours(60)));
        assertThat(log).hasSize(3);
    }

    @Test
    void aJumpWhileNothingRunsIsSeenAtTheNextStart() {
        clock.instant();
        pass(Duration.ofHours(20));
        start();
        assertThat(clock.instant()).isEqualTo(system);
        jump(Duration.ofDays(40));
        nanos = 3; // the machine was started anew
        start();
        assertThat(clock.instant()).isEqualTo(START.plus(Duration.ofHours(20)));
        assertThat(log).hasSize(1);
        start();
        pass(Duration.ofHours(25));
        clock.instant();
        assertThat(log).as("each start doubts for a day").hasSize(2);
        assertThat(passed(Duration.ofHours(25))).isEqualTo(system);
    }
}
