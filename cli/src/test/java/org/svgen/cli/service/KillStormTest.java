package org.svgen.cli.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Services that are killed at random moments lose nothing that they accepted, make nothing twice,
 * and make the same bytes as one that nobody disturbs. {@code tools/serve-storm.sh} kills more.
 */
class KillStormTest {
    private static final int SEED = 22;
    private static final int JOBS = 6;
    private static final int STEPS = 8;
    private static final int KILLS = 10;
    private static final int KILLS_OF_TWO = 2;

    @TempDir static Path calm;

    private static StormOrder order;
    private static Map<Integer, byte[]> expected;
    private static long longestMillis;

    @TempDir Path folder;

    @BeforeAll
    static void makeTheSameVideosInPeace() {
        long start = System.nanoTime();
        order = new StormOrder(JOBS, STEPS);
        try (ServeProcess service = ServeProcess.start(calm.resolve("data"), List.of())) {
            expected = order.undisturbed(Api.of(service.url()));
        }
        // So that most kills come while a video is made, however busy this machine is.
        longestMillis = (System.nanoTime() - start) / 2_000_000;
    }

    private void storm(StormPlace place, int kills) {
        KillStorm.Outcome outcome =
                new KillStorm(place, new StormOrder(JOBS, STEPS), kills, longestMillis, SEED)
                        .run(expected);
        assertThat(outcome.wrong()).as(outcome.toString()).isEmpty();
        assertThat(outcome.quarantined()).as(outcome.toString()).isZero();
        assertThat(outcome.duringRuns()).as(outcome.toString()).isPositive();
        // One job may end between the look at it and the kill.
        if (outcome.behindCheckpoints() > 1) {
            assertThat(outcome.resumed()).as(outcome.toString()).isPositive();
        }
    }

    @Test
    void oneServiceWithItsOwnStore() {
        storm(StormPlace.alone(folder), KILLS);
    }

    @Test
    void oneOfTwoServicesThatShareAPostgresql() throws IOException {
        try (EmbeddedPostgres postgres = postgres()) {
            String address = "127.0.0.1:%d/postgres".formatted(postgres.getPort());
            storm(StormPlace.shared(folder, address, "postgres"), KILLS_OF_TWO);
        }
    }

    private static EmbeddedPostgres postgres() {
        try {
            return EmbeddedPostgres.start();
        } catch (IOException | IllegalStateException e) {
            Assumptions.abort("skipped: no PostgreSQL can be started here: " + e.getMessage());
            throw new AssertionError(e);
        }
    }
}
