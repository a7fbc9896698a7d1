package org.svgen.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.WeightMemory;
import org.svgen.forecast.Forecast;
import org.svgen.pipeline.CancelledException;
import org.svgen.pipeline.Plan;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Result;
import org.svgen.pipeline.Stage;
import org.svgen.pipeline.StepListener;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.tensor.ClosedException;
import org.svgen.tensor.DType;
import org.svgen.tensor.device.Backend;
import org.svgen.testkit.Goldens;
import org.svgen.testkit.TestDevice;

/** What threads that share a pipeline or a device, stop it or close it may rely on. */
class LifeCycleTest {
    private static final String COGVIDEOX = "cogvideox-t2v-tiny";
    private static final String HUNYUAN = "hunyuanvideo-tiny";

    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void endThreads() throws InterruptedException {
        threads.shutdownNow();
        assertThat(threads.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
    }

    private static VideoPipeline open(String model, Backend backend) {
        return Pipelines.open(Goldens.folder(model), backend);
    }

    private static <T> T in(Future<T> future) throws Exception {
        return future.get(1, TimeUnit.MINUTES);
    }

    /** Stays in its run, at its first step, until it is let go on. */
    private static final class Holding implements StepListener {
        final CountDownLatch began = new CountDownLatch(1);
        final CountDownLatch goOn = new CountDownLatch(1);
        final AtomicReference<Thread> thread = new AtomicReference<>();

        @Override
        public void progress(Stage stage, int done, int total) {
            if (stage.kind() == Stage.Kind.DENOISE) {
                thread.set(Thread.currentThread());
                began.countDown();
                while (goOn.getCount() > 0) {
                    Thread.onSpinWait();
                }
            }
        }
    }

    private Future<Long> generate(VideoPipeline pipeline, long seed, StepListener listener) {
        return threads.submit(() -> {
            try (Result result = pipeline.generate(TinyRun.request(pipeline, seed), listener)) {
                return TinyRun.hash(result);
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {COGVIDEOX, HUNYUAN})
    void threadsThatShareAPipelineGetTheVideosThatOneWouldGet(String model) throws Exception {
        try (Backend backend = TestDevice.open();
                VideoPipeline pipeline = open(model, backend)) {
            List<Long> alone = new ArrayList<>();
            for (int seed = 0; seed < 3; seed++) {
                alone.add(TinyRun.hashOf(pipeline, seed));
            }
            List<Future<Long>> together = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                together.add(generate(pipeline, i % 3, StepListener.SILENT));
            }
            for (int i = 0; i < 12; i++) {
                assertThat(in(together.get(i))).isEqualTo(alone.get(i % 3));
            }
        }
    }

    @Test
    void pipelinesThatShareADeviceMakeTheVideosThatOneWouldMake() throws Exception {
        try (Backend backend = TestDevice.open();
                VideoPipeline one = open(COGVIDEOX, backend);
                VideoPipeline other = open(HUNYUAN, backend)) {
            long first = TinyRun.hashOf(one, 1);
            long second = TinyRun.hashOf(other, 1);
            List<Future<Long>> together = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                together.add(generate(i % 2 == 0 ? one : other, 1, StepListener.SILENT));
            }
            for (int i = 0; i < 8; i++) {
                assertThat(in(together.get(i))).isEqualTo(i % 2 == 0 ? first : second);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {COGVIDEOX, HUNYUAN})
    void aClosedPipelineSaysSoAndMayBeClosedAgain(String model) {
        try (Backend backend = TestDevice.open()) {
            VideoPipeline pipeline = open(model, backend);
            Request request = TinyRun.request(pipeline, 1);
            Plan plan = pipeline.plan(request, Long.MAX_VALUE);
            pipeline.close();
            pipeline.close();
            List<Callable<?>> calls =
                    List.of(
                            () -> pipeline.generate(request, StepListener.SILENT),
                            () -> pipeline.generate(request, plan, StepListener.SILENT),
                            () -> pipeline.plan(request, Long.MAX_VALUE));
            for (Callable<?> call : calls) {
                assertThatThrownBy(call::call)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessage("the pipeline of %s is closed".formatted(model));
            }
            assertThatThrownBy(() -> pipeline.check(request)).isInstanceOf(ClosedException.class);
            pipeline.close();
        }
    }

    @Test
    void aPipelineWhoseDeviceIsClosedSaysSo() {
        Backend backend = TestDevice.open();
        try (VideoPipeline pipeline = open(COGVIDEOX, backend)) {
            Request request = TinyRun.request(pipeline, 1);
            backend.close();
            assertThatThrownBy(() -> pipeline.generate(request, StepListener.SILENT))
                    .isInstanceOf(ClosedException.class)
                    .hasMessage(backend.name() + " is closed");
            assertThatThrownBy(() -> pipeline.plan(request, Long.MAX_VALUE))
                    .isInstanceOf(ClosedException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void closingDuringARunStopsItAndWaitsForIt(boolean device) throws Exception {
        Backend backend = TestDevice.open();
        VideoPipeline pipeline = open(COGVIDEOX, backend);
        Holding listener = new Holding();
        Future<Long> run = generate(pipeline, 1, listener);
        listener.began.await();
        Future<Long> waiting = generate(pipeline, 2, StepListener.SILENT);
        Future<?> closing = threads.submit(device ? backend::close : pipeline::close);
        if (device) {
            // The pipeline is open: who waits for it must hear of the device when it is its turn.
            assertThat(waiting.isDone()).isFalse();
        } else {
            assertThatThrownBy(() -> in(waiting)).hasCauseInstanceOf(ClosedException.class);
        }
        assertThat(closing.isDone()).isFalse();
        listener.goOn.countDown();
        in(closing);
        assertThat(backend.memory().live()).isZero();
        assertThatThrownBy(() -> in(run))
                .hasCauseInstanceOf(CancelledException.class)
                .hasMessageContaining(device ? backend.name() : "the pipeline of " + COGVIDEOX)
                .hasMessageEndingWith("is closed");
        assertThatThrownBy(() -> in(waiting)).hasCauseInstanceOf(ClosedException.class);
        pipeline.close();
        backend.close();
    }

    @Test
    void aListenerCannotCloseWhatRuns() {
        try (Backend backend = TestDevice.open();
                VideoPipeline pipeline = open(COGVIDEOX, backend)) {
            for (Runnable close : List.<Runnable>of(pipeline::close, backend::close)) {
                StepListener listener =
                        new StepListener() {
                            @Override
                            public void progress(Stage stage, int done, int total) {
                                close.run();
                            }
                        };
                Request request = TinyRun.request(pipeline, 1);
                assertThatThrownBy(() -> pipeline.generate(request, listener))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("in use by this thread");
            }
            assertThat(TinyRun.hashOf(pipeline, 1)).isEqualTo(TinyRun.hashOf(pipeline, 1));
        }
    }

    @Test
    void anInterruptedThreadsRunIsCancelledAndTheThreadStaysInterrupted() throws Exception {
        try (Backend backend = TestDevice.open();
                VideoPipeline pipeline = open(COGVIDEOX, backend)) {
            long expected = TinyRun.hashOf(pipeline, 1);
            Holding listener = new Holding();
            Future<Boolean> run =
                    threads.submit(() -> {
                        assertThatThrownBy(() ->
                                        pipeline.generate(TinyRun.request(pipeline, 1), listener))
                                .isInstanceOf(CancelledException.class)
                                .hasMessageContaining("interrupted");
                        return Thread.interrupted();
                    });
            listener.began.await();
            Future<Boolean> waiting =
                    threads.submit(() -> {
                        Thread.currentThread().interrupt();
                        assertThatThrownBy(() -> TinyRun.hashOf(pipeline, 2))
                                .isInstanceOf(CancelledException.class);
                        return Thread.interrupted();
                    });
            assertThat(in(waiting)).isTrue();
            listener.thread.get().interrupt();
            listener.goOn.countDown();
            assertThat(in(run)).isTrue();
            assertThat(backend.memory().live()).isZero();
            assertThat(TinyRun.hashOf(pipeline, 1)).isEqualTo(expected);
        }
    }

    /** Files are read by channels, which an interruption closes. */
    @Test
    void aThreadThatIsInterruptedBeforeIsCancelledToo() throws Exception {
        try (Backend backend = TestDevice.open();
                VideoPipeline pipeline = open(HUNYUAN, backend)) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> TinyRun.hashOf(pipeline, 1))
                    .isInstanceOf(CancelledException.class);
            assertThatThrownBy(() -> open(COGVIDEOX, backend).close())
                    .isInstanceOf(CancelledException.class);
            assertThat(Thread.interrupted()).isTrue();
            assertThat(TinyRun.hashOf(pipeline, 1)).isNotZero();
        }
    }

    @Test
    void aRunThatWaitsForItsTurnHearsItsListener() throws Exception {
        try (Backend backend = TestDevice.open();
                VideoPipeline one = open(COGVIDEOX, backend);
                VideoPipeline other = open(HUNYUAN, backend)) {
            Holding listener = new Holding();
            Future<Long> run = generate(one, 1, listener);
            listener.began.await();
            StepListener impatient =
                    new StepListener() {
                        @Override
                        public boolean cancelled() {
                            return true;
                        }
                    };
            for (VideoPipeline pipeline : List.of(one, other)) {
                assertThatThrownBy(() -> in(generate(pipeline, 1, impatient)))
                        .hasCauseInstanceOf(CancelledException.class);
            }
            listener.goOn.countDown();
            assertThat(in(run)).isNotZero();
        }
    }

    @Test
    void aForecastHearsItsListenerAndItsInterruption() {
        try (Backend backend = TestDevice.open();
                VideoPipeline pipeline = open(COGVIDEOX, backend)) {
            Plan plan = pipeline.plan(TinyRun.request(pipeline, 1), Long.MAX_VALUE);
            int[] asked = {0};
            StepListener listener =
                    new StepListener() {
                        @Override
                        public boolean cancelled() {
                            return ++asked[0] > 20;
                        }
                    };
            assertThatThrownBy(() -> Forecast.seconds(plan, backend, listener))
                    .isInstanceOf(CancelledException.class);
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> Forecast.seconds(plan, backend))
                    .isInstanceOf(CancelledException.class);
            assertThat(Thread.interrupted()).isTrue();
            assertThat(backend.memory().live()).isZero();
            backend.close();
            assertThatThrownBy(() -> Forecast.seconds(plan, backend))
                    .isInstanceOf(ClosedException.class);
        }
    }

    @Test
    void resultsOutliveTheirPipelineAndMayBeClosedTwice() {
        Result result;
        try (Backend backend = TestDevice.open();
                VideoPipeline pipeline = open(COGVIDEOX, backend)) {
            result = pipeline.generate(TinyRun.request(pipeline, 1), StepListener.SILENT);
        }
        assertThat(TinyRun.hash(result)).isNotZero();
        result.close();
        result.close();
        result.clip().close();
        result.finalLatents().close();
        assertThatThrownBy(() -> result.latents().toFloats())
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aClosedCheckpointSaysSoAndMayBeClosedAgain() {
        try (Backend backend = TestDevice.open()) {
            Checkpoint checkpoint = Checkpoint.open(Goldens.folder(COGVIDEOX));
            checkpoint.weights("vae", WeightMemory.resident(backend), DType.F32);
            checkpoint.close();
            checkpoint.close();
            assertThatThrownBy(() ->
                            checkpoint.weights("vae", WeightMemory.resident(backend), DType.F32))
                    .isInstanceOf(ClosedException.class)
                    .hasMessageContaining(COGVIDEOX);
        }
    }
}
