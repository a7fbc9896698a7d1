package org.svgen.server.store.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.server.store.JobStore;
import org.svgen.server.store.StoreSettings;

/**
 * Both stores do what the plainest one does. {@code -Dsvgen.actions=N} makes more of them, {@code
 * -Dsvgen.seed=N} others.
 */
class RandomActionsTest {
    private static final int ACTIONS = Integer.getInteger("svgen.actions", 300);
    private static final long SEED = Long.getLong("svgen.seed", 22);

    private static Map<String, Integer> run(JobStore store, RandomActions.World world) {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(SEED);
        RandomActions actions = new RandomActions(store, world, random);
        try {
            return actions.run(ACTIONS);
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(
                    "-Dsvgen.seed=%d -Dsvgen.actions=%d".formatted(SEED, ACTIONS), e);
        } finally {
            actions.store().close();
        }
    }

    private static void assertThatAllWasTried(Map<String, Integer> done) {
        assertThat(done)
                .containsKeys(
                        "accepted",
                        "replayed",
                        "claim",
                        "complete",
                        "requeue",
                        "move done",
                        "crash",
                        "reopen",
                        "delete",
                        "cancel");
    }

    @Test
    void sqliteDoesWhatTheReferenceDoes(@TempDir Path folder) {
        AtomicLong time = new AtomicLong(1_800_000_000_000L);
        var settings = new StoreSettings(() -> Instant.ofEpochMilli(time.get()), _ -> {});
        class Folder implements RandomActions.World {
            private JobStore store = JobStores.sqlite(folder, settings);

            @Override
            public JobStore reopened() {
                return crashed(); // workers are lost once recovery says so
            }

            @Override
            public JobStore crashed() {
                store.close();
                store = JobStores.sqlite(folder, settings);
                return store;
            }

            @Override
            public long later(long millis) {
                time.addAndGet(millis);
                return millis;
            }
        }
        Folder world = new Folder();
        assertThatAllWasTried(run(world.store, world));
    }

    @Test
    void postgresDoesWhatTheReferenceDoes() {
        String url = PostgresServer.database();
        class Server implements RandomActions.World {
            private JobStore store = PostgresServer.open(url);

            @Override
            public JobStore reopened() {
                store.close();
                store = PostgresServer.open(url);
                return store;
            }

            @Override
            public JobStore crashed() {
                PostgresServer.executeAt(
                        url, "UPDATE job SET lease_until = 0 WHERE worker IS NOT NULL");
                return store;
            }

            @Override
            public long later(long millis) {
                return 0;
            }
        }
        Server world = new Server();
        assertThatAllWasTried(run(world.store, world));
    }
}
