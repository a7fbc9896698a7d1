package org.svgen.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.svgen.pipeline.CancelledException;
import org.svgen.pipeline.Result;
import org.svgen.pipeline.StepListener;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.tensor.ClosedException;
import org.svgen.tensor.device.Backend;
import org.svgen.testkit.Goldens;
import org.svgen.testkit.TestDevice;

/**
 * Four threads open, generate, cancel, interrupt and close as chance has it, on one device: each
 * video is the one that a single thread gets, nothing hangs, and nothing is left.
 */
class ThreadStormTest {
    private static final int SCHEDULES = 100;
    private static final int THREADS = 4;
    private static final int ACTIONS = 3; // of each thread
    private static final long SEEDS = 3;
    private static final List<String> MODELS = List.of("cogvideox-t2v-tiny", "hunyuanvideo-tiny");

    /** What a schedule's threads share. */
    private static final class World {
        final Backend backend = TestDevice.open();
        final List<AtomicReference<VideoPipeline>> pipelines = new ArrayList<>();
        final Thread[] threads = new Thread[THREADS];
        final AtomicInteger disturbances = new AtomicInteger(); // that may end others' calls

        World() {
            for (String model : MODELS) {
                pipelines.add(new AtomicReference<>(open(model, backend)));
            }
        }

        void end() {
            pipelines.forEach(pipeline -> pipeline.get().close());
            backend.close();
        }
    }

    private static VideoPipeline open(String model, Backend backend) {
        return Pipelines.open(Goldens.folder(model), backend);
    }

    private final List<List<Long>> expected = new ArrayList<>();
    private final AtomicInteger videos = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();

    @Test
    void schedulesOfFourThreadsMakeRightVideosOrNoneAndLeaveNothing() throws Exception {
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        try (Backend backend = TestDevice.open()) {
            for (String model : MODELS) {
                try (VideoPipeline pipeline = open(model, backend)) {
                    List<Long> hashes = new ArrayList<>();
                    for (long seed = 0; seed < SEEDS; seed++) {
                        hashes.add(TinyRun.hashOf(pipeline, seed));
                    }
                    expected.add(hashes);
                }
            }
        }
        try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            for (int schedule = 0; schedule < SCHEDULES; schedule++) {
                play(schedule, threads);
            }
        }
        // Chance must have left much of both.
        assertThat(videos).hasValueGreaterThan(SCHEDULES / 2);
        assertThat(ended).hasValueGreaterThan(SCHEDULES / 2);
        requireNothingLeft(before);
    }

    private void play(int schedule, ExecutorService threads) throws Exception {
        World world = new World();
        List<Future<?>> ends = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            int thread = i;
            Random random = new Random(1000L * schedule + i);
            ends.add(
                    threads.submit(() -> {
                        world.threads[thread] = Thread.currentThread();
                        for (int action = 0; action < ACTIONS; action++) {
                            act(world, random);
                        }
                        world.threads[thread] = null;
                        return Thread.interrupted();
                    }));
        }
        for (Future<?> end : ends) {
            end.get(30, TimeUnit.SECONDS);
        }
        world.end();
        assertThat(world.backend.memory().live()).as("schedule %d", schedule).isZero();
    }

    private void act(World world, Random random) {
        int model = random.nextInt(MODELS.size());
        AtomicReference<VideoPipeline> pipeline = world.pipelines.get(model);
        int action = random.nextInt(20);
        if (action < 10) {
            generate(world, pipeline.get(), model, random, StepListener.SILENT);
        } else if (action < 13) {
            generate(world, pipeline.get(), model, random, stopping(random.nextInt(60)));
        } else if (action < 16) {
            disturb(
                    world,
                    () -> {
                        Thread other = world.threads[random.nextInt(THREADS)];
                        if (other != null) {
                            other.interrupt();
                        }
                    });
        } else if (action < 19) {
            disturb(
                    world,
                    () -> {
                        pipeline.get().close();
                        reopen(world, pipeline, MODELS.get(model));
                    });
        } else {
            disturb(world, world.backend::close);
        }
    }

    private static void disturb(World world, Runnable action) {
        world.disturbances.incrementAndGet();
        action.run();
    }

    /** Asks for the end at the listener's n-th question. */
    private static StepListener stopping(int after) {
        int[] asked = {0};
        return new StepListener() {
            @Override
            public boolean cancelled() {
                return ++asked[0] > after;
            }
        };
    }

    private static void reopen(World world, AtomicReference<VideoPipeline> place, String model) {
        try {
            VideoPipeline opened = open(model, world.backend);
            place.getAndSet(opened).close();
        } catch (CancelledException e) {
            // This thread was interrupted: the closed pipeline stays in its place.
        }
    }

    private void generate(
            World world, VideoPipeline pipeline, int model, Random random, StepListener listener) {
        long seed = random.nextInt((int) SEEDS);
        try (Result result = pipeline.generate(TinyRun.request(pipeline, seed), listener)) {
            assertThat(TinyRun.hash(result)).isEqualTo(expected.get(model).get((int) seed));
            videos.incrementAndGet();
        } catch (CancelledException | ClosedException e) {
            if (listener == StepListener.SILENT) {
                assertThat(world.disturbances).hasPositiveValue();
            }
            ended.incrementAndGet();
        }
        Thread.interrupted();
    }

    /** No thread of a device, and no weights that are still mapped. */
    private static void requireNothingLeft(Set<Thread> before) throws IOException {
        assertThat(Thread.getAllStackTraces().keySet())
                .filteredOn(thread -> !before.contains(thread))
                .noneMatch(thread -> thread.getName().startsWith("svgen-"));
        Path maps = Path.of("/proc/self/maps");
        assumeTrue(Files.exists(maps), "only Linux lists what is mapped");
        for (String model : MODELS) {
            assertThat(Files.readAllLines(maps))
                    .noneMatch(line -> line.contains(Goldens.folder(model).toString()));
        }
    }
}
