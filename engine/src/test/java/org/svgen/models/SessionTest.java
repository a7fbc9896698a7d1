package org.svgen.models;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.pipeline.Plan;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Result;
import org.svgen.pipeline.StepListener;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.tensor.OutOfDeviceMemoryException;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Backends;
import org.svgen.testkit.FarBackend;
import org.svgen.testkit.Goldens;

/** Weights that stay on the device from request to request. */
class SessionTest {
    private static final long ALL = Long.MAX_VALUE;

    private static long hash(VideoPipeline pipeline, long limit) {
        Request request = TinyRun.request(pipeline, 1);
        Plan plan = pipeline.plan(request, limit);
        try (Result result = pipeline.generate(request, plan, StepListener.SILENT)) {
            return TinyRun.hash(result);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cogvideox-t2v-tiny",
                "cogvideox-i2v-tiny",
                "hunyuanvideo-tiny",
                "wan22-i2v-tiny"
            })
    void theSecondRequestUploadsNothingAndMakesTheSameVideo(String model) {
        Path folder = Goldens.folder(model);
        try (FarBackend far = new FarBackend(1L << 40);
                VideoPipeline once = Pipelines.open(folder, far);
                VideoPipeline session = Pipelines.openSession(folder, far)) {
            long alone = hash(once, ALL);
            assertThat(far.memory().live()).isZero();
            long first = hash(session, ALL);
            int uploads = far.uploads();
            long second = hash(session, ALL);
            assertThat(far.uploads()).isEqualTo(uploads);
            assertThat(first).isEqualTo(alone);
            assertThat(second).isEqualTo(alone);
        }
    }

    @Test
    void closingFreesWhatWasKept() {
        try (FarBackend far = new FarBackend(1L << 40)) {
            VideoPipeline session =
                    Pipelines.openSession(Goldens.folder("cogvideox-t2v-tiny"), far);
            hash(session, ALL);
            assertThat(far.memory().live()).isPositive();
            session.close();
            assertThat(far.memory().live()).isZero();
        }
    }

    /** Each limit in its turn: what is live at once stays below all of them. */
    @Test
    void noMoreIsLiveAtOnceThanTheLimitOfTheRun() {
        try (FarBackend far = new FarBackend(1L << 40);
                VideoPipeline session =
                        Pipelines.openSession(Goldens.folder("cogvideox-t2v-tiny"), far)) {
            long alone = hash(session, ALL);
            Plan free = session.plan(TinyRun.request(session, 1), ALL);
            long least = free.peakBytes();
            long all = far.memory().live() + free.workspaceBytes();
            for (long limit : new long[] {all, (least + all) / 2, least, all}) {
                far.forgetPeak();
                assertThat(hash(session, limit)).as("limit %s", limit).isEqualTo(alone);
                assertThat(far.memory().peak()).as("limit %s", limit).isLessThanOrEqualTo(limit);
            }
        }
    }

    @Test
    void aSmallerLimitFreesWhatHasNoRoomAnyMore() {
        try (FarBackend far = new FarBackend(1L << 40);
                VideoPipeline session =
                        Pipelines.openSession(Goldens.folder("cogvideox-t2v-tiny"), far)) {
            hash(session, ALL);
            long all = far.memory().live();
            hash(session, session.plan(TinyRun.request(session, 1), ALL).peakBytes());
            assertThat(far.memory().live()).isLessThan(all);
        }
    }

    /** What is kept can be freed, so a plan counts it as free. */
    @Test
    void whatIsKeptDoesNotStandInTheWayOfALargerVideo() {
        Path folder = Goldens.folder("cogvideox-t2v-tiny");
        long kept;
        long larger;
        try (FarBackend far = new FarBackend(1L << 40);
                VideoPipeline session = Pipelines.openSession(folder, far)) {
            hash(session, ALL);
            kept = far.memory().live();
            larger = session.plan(larger(session), ALL).peakBytes();
        }
        try (FarBackend far = new FarBackend(Math.max(kept, larger));
                VideoPipeline session = Pipelines.openSession(folder, far)) {
            hash(session, ALL);
            Request request = larger(session);
            Plan plan = session.plan(request, ALL);
            session.generate(request, plan, StepListener.SILENT).close();
        }
    }

    private static Request larger(VideoPipeline pipeline) {
        return TinyRun.request(pipeline, 1).toBuilder().size(64, 64).frames(9).build();
    }

    @Test
    void aRunThatFindsNoMemoryFreesWhatWasKept() {
        try (FarBackend far = new FarBackend(1L << 40);
                VideoPipeline session =
                        Pipelines.openSession(Goldens.folder("cogvideox-t2v-tiny"), far)) {
            hash(session, ALL);
            Request request = larger(session);
            Plan plan = session.plan(request, ALL);
            far.shrink(far.memory().live());
            assertThatThrownBy(() -> session.generate(request, plan, StepListener.SILENT))
                    .isInstanceOf(OutOfDeviceMemoryException.class);
            assertThat(far.memory().live()).isZero();
            far.shrink(1L << 40);
            hash(session, ALL);
        }
    }

    /** In a JVM of its own, of whose heap every page is resident from the start. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void fiftyRequestsLeaveResidentMemoryWhereTheFifthLeftIt() throws Exception {
        Process requests =
                new ProcessBuilder(
                                ProcessHandle.current().info().command().orElseThrow(),
                                "--add-modules=jdk.incubator.vector",
                                "--enable-native-access=ALL-UNNAMED",
                                "-XX:+UseSerialGC",
                                "-Xms128m",
                                "-Xmx128m",
                                "-XX:+AlwaysPreTouch",
                                "-cp",
                                System.getProperty("java.class.path"),
                                FiftyRequests.class.getName(),
                                Goldens.folder("cogvideox-t2v-tiny").toString())
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        String grown = new String(requests.getInputStream().readAllBytes(), UTF_8).strip();
        assertThat(requests.waitFor()).isZero();
        // Compiled code is 5 to 16 MB of it; a megabyte a request would be 45.
        assertThat(Long.parseLong(grown)).isLessThan(32L << 20);
    }

    /** Prints by how many bytes the process grows behind the fifth request. */
    static final class FiftyRequests {
        private FiftyRequests() {}

        static void main(String[] folder) throws IOException {
            try (Backend cpu = Backends.open("cpu", note -> {});
                    VideoPipeline session = Pipelines.openSession(Path.of(folder[0]), cpu)) {
                long fifth = 0;
                for (int i = 1; i <= 50; i++) {
                    hash(session, ALL);
                    if (i == 5) {
                        fifth = resident();
                    }
                }
                IO.println(resident() - fifth);
            }
        }

        /** Anonymous and mapped pages. */
        private static long resident() throws IOException {
            return Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .sum();
        }
    }
}
