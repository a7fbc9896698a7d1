package org.svgen.server.work;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.pipeline.Plan;
import org.svgen.server.job.Job;
import org.svgen.server.job.JobError;
import org.svgen.server.job.JobId;
import org.svgen.server.job.JobState;
import org.svgen.tensor.OutOfDeviceMemoryException;
import org.svgen.tensor.SvgenException;
import org.svgen.testkit.FarBackend;

/** What goes wrong in runs becomes a second try or an error in words; never a false video. */
class WorkerTroubleTest {
    private static final Duration NEVER = Duration.ofDays(1);

    @TempDir Path data;

    private Factory factory(ModelSource model) {
        return new Factory(data, NEVER, model, Factory.noReserve(data));
    }

    private static Job ended(Factory factory) throws InterruptedException {
        factory.pool.start();
        return factory.ended(factory.ask(Factory.small(2)));
    }

    @Test
    void aVideoInWhichNothingMovesFails() throws Exception {
        ModelSource black =
                FaultyPipeline.source(
                        (request, plan) -> {},
                        result -> result.clip().frames().host().fill((byte) 0));
        try (Factory factory = factory(black)) {
            Job job = ended(factory);
            assertThat(job.state()).isEqualTo(JobState.FAILED);
            assertThat(job.error().map(JobError::code)).hasValue("still_video");
            assertThat(job.error().orElseThrow().message()).contains("one colour");
            assertThat(factory.blobs.list("jobs")).isEmpty();
        }
    }

    /** Throws at the first run, and keeps the plans of all. */
    private static ModelSource fullAtFirst(List<Plan> plans) {
        return FaultyPipeline.source(
                (request, plan) -> {
                    plans.add(plan);
                    if (plans.size() == 1) {
                        throw new OutOfDeviceMemoryException("the memory is full", null);
                    }
                },
                result -> {});
    }

    @Test
    void tooLittleMemoryIsTriedOnceMoreWithLess() throws Exception {
        List<Plan> plans = new CopyOnWriteArrayList<>();
        try (Factory factory =
                new Factory(
                        data,
                        NEVER,
                        fullAtFirst(plans),
                        Factory.noReserve(data),
                        () -> new FarBackend(1L << 40))) {
            factory.pool.start();
            Map<String, Object> tiny = new HashMap<>(Factory.small(2));
            tiny.put("width", 32);
            tiny.put("height", 32);
            Job job = factory.ended(factory.ask(tiny));
            assertThat(job.state()).as("%s", job).isEqualTo(JobState.COMPLETED);
            assertThat(job.content().warnings())
                    .anyMatch(w -> w.startsWith("the memory did not suffice (the memory is full)"));
            assertThat(plans.get(1).peakBytes()).isLessThan(plans.get(0).peakBytes() * 3 / 4 + 1);
        }
    }

    @Test
    void whatCannotBeDoneWithLessMemoryFailsInThePlansWords() throws Exception {
        List<Plan> plans = new CopyOnWriteArrayList<>();
        try (Factory factory = factory(fullAtFirst(plans))) {
            Job job = ended(factory);
            assertThat(job.error().map(JobError::code)).hasValue("out_of_memory");
            assertThat(job.error().orElseThrow().message()).contains("what would fit");
            assertThat(plans).hasSize(1);
        }
    }

    @Test
    void aLostDeviceIsOpenedAgainAndItsJobGoesOn() throws Exception {
        AtomicInteger opened = new AtomicInteger();
        ModelSource model =
                FaultyPipeline.source(
                        (request, plan) -> {
                            if (opened.get() == 1) {
                                throw new SvgenException("the device has fallen off the bus");
                            }
                        },
                        result -> {});
        try (Factory factory =
                new Factory(
                        data,
                        NEVER,
                        model,
                        Factory.noReserve(data),
                        () -> new DyingBackend(opened.incrementAndGet() == 1))) {
            Job job = ended(factory);
            assertThat(job.state()).as("%s", job).isEqualTo(JobState.COMPLETED);
            assertThat(job.run().attempts()).isEqualTo(2);
            assertThat(opened).hasValue(2);
            assertThat(factory.log).anyMatch(line -> line.contains("does not work any more"));
        }
    }

    @Test
    void numbersThatAreNoneFailInTheModelsWords() throws Exception {
        ModelSource model =
                FaultyPipeline.source(
                        (request, plan) -> {
                            throw new SvgenException("denoise: 3 of 7 values are NaN");
                        },
                        result -> {});
        try (Factory factory = factory(model)) {
            Job job = ended(factory);
            assertThat(job.error())
                    .hasValue(new JobError("generation_failed", "denoise: 3 of 7 values are NaN"));
        }
    }

    @Test
    void runsWaitWhileTheDiskIsFull() throws Exception {
        AtomicLong free = new AtomicLong(5);
        DiskReserve disk =
                new DiskReserve(
                        new DiskReserve.Space() {
                            @Override
                            public long free() {
                                return free.get();
                            }

                            @Override
                            public long total() {
                                return 1000;
                            }
                        },
                        OptionalLong.of(10));
        ModelSource demo = ModelSource.of("demo", Factory.DEMO);
        try (Factory factory = new Factory(data, NEVER, demo, disk)) {
            factory.pool.start();
            JobId id = factory.ask(Factory.small(2));
            Thread.sleep(300);
            assertThat(factory.store.find(id).orElseThrow().state()).isEqualTo(JobState.QUEUED);
            assertThat(factory.pool.full()).isPresent();
            assertThat(factory.pool.unready()).isPresent();
            free.set(10);
            factory.pool.wake();
            assertThat(factory.ended(id).state()).isEqualTo(JobState.COMPLETED);
            assertThat(factory.pool.unready()).isEmpty();
        }
    }
}
