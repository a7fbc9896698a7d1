package org.svgen.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.server.job.Claim;
import org.svgen.server.job.JobId;
import org.svgen.server.work.Preview;
import org.svgen.server.work.Progress;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class EventsTest {
    @TempDir Path folder;
    private ServedVideos served;

    @BeforeEach
    void start() throws IOException {
        served = ServedVideos.start(folder);
    }

    @AfterEach
    void stop() {
        served.close();
    }

    static Progress progress(int step) {
        return new Progress(
                step,
                4,
                step / 4.0,
                "denoise",
                step / 4.0,
                OptionalDouble.of(4 - step),
                OptionalDouble.of(0.25));
    }

    private record Event(long id, String name, JsonNode data) {}

    /** Reads a stream as a browser does. */
    private static final class Stream implements AutoCloseable {
        private final URLConnection connection;
        private final BufferedReader lines;

        Stream(URI uri, String... lastEventId) throws IOException {
            connection = uri.toURL().openConnection();
            connection.setReadTimeout(20_000);
            for (String id : lastEventId) {
                connection.setRequestProperty("Last-Event-ID", id);
            }
            InputStream in = connection.getInputStream();
            lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        }

        /** The next event; one without a name at the end. */
        Event next() throws IOException {
            long id = -1;
            String name = "";
            String line;
            while ((line = lines.readLine()) != null) {
                if (line.startsWith("id: ")) {
                    id = Long.parseLong(line.substring(4));
                } else if (line.startsWith("event: ")) {
                    name = line.substring(7);
                } else if (line.startsWith("data: ")) {
                    return new Event(id, name, JsonMapper.shared().readTree(line.substring(6)));
                }
            }
            return new Event(-1, "", JsonMapper.shared().createObjectNode());
        }

        /** The next one of a name, and all before it. */
        List<Event> until(String name) throws IOException {
            List<Event> events = new ArrayList<>();
            do {
                events.add(next());
            } while (!events.getLast().name().equals(name) && !events.getLast().name().isEmpty());
            return events;
        }

        @Override
        public void close() throws IOException {
            lines.close();
        }
    }

    private Stream stream(JobId id, String... lastEventId) throws IOException {
        return new Stream(served.uri("/v1/videos/" + id + "/events"), lastEventId);
    }

    @Test
    void aStreamTellsOfAVideoFromItsBeginningToItsEnd() throws IOException {
        JobId id = served.created();
        try (Stream stream = stream(id)) {
            assertThat(stream.connection.getContentType()).isEqualTo("text/event-stream");
            assertThat(stream.connection.getHeaderField("Cache-Control")).isEqualTo("no-store");
            Event first = stream.next();
            assertThat(first.name()).isEqualTo("status");
            assertThat(first.data().path("status").asString()).isEqualTo("queued");

            Claim claim = served.claimed();
            Event running = stream.next();
            assertThat(running.data().path("status").asString()).isEqualTo("in_progress");
            served.runs.progressed(id, progress(1));
            Event progress = stream.next();
            assertThat(progress.name()).isEqualTo("progress");
            assertThat(progress.data().toString())
                    .isEqualTo(
                            ("{\"id\":\"%s\",\"step\":1,\"steps\":4,\"progress\":25,"
                                            + "\"stage\":\"denoise\",\"stage_progress\":0.25,"
                                            + "\"eta_seconds\":3.0,\"density\":0.25}")
                                    .formatted(id));
            served.runs.previewed(id, new Preview(1, "image/png", new byte[] {1}));
            Event preview = stream.next();
            assertThat(preview.name()).isEqualTo("preview");
            assertThat(preview.data().path("step").asInt()).isEqualTo(1);
            assertThat(served.get(preview.data().path("url").asString()).status()).isEqualTo(200);
            served.completed(claim, "bytes");
            Event last = stream.next();
            assertThat(last.name()).isEqualTo("completed");
            assertThat(last.data().path("status").asString()).isEqualTo("completed");
            assertThat(List.of(first, running, progress, preview, last))
                    .extracting(Event::id)
                    .isSorted()
                    .doesNotHaveDuplicates();
            assertThat(stream.next().name()).as("the server ends the stream").isEmpty();
        }
    }

    @Test
    void aClientGoesOnWithoutGaps() throws IOException {
        JobId id = served.created();
        long seen;
        try (Stream stream = stream(id)) {
            seen = stream.next().id();
        }
        Claim claim = served.claimed();
        served.runs.progressed(id, progress(1));
        served.completed(claim, "bytes");

        try (Stream stream = stream(id, String.valueOf(seen))) {
            List<Event> missed = stream.until("completed");
            assertThat(missed).extracting(Event::name).containsExactly("status", "completed");
            assertThat(missed.getFirst().data().path("status").asString()).isEqualTo("in_progress");
            assertThat(missed.getFirst().data().path("completed_at").isNull()).isTrue();
            seen = missed.getLast().id();
        }
        assertThat(served.get("/v1/videos/" + id + "/events", "Last-Event-ID", "" + seen).status())
                .as("tells EventSource not to come back")
                .isEqualTo(204);
    }

    @Test
    void aClientThatComesAfterTheEndHearsOfIt() throws IOException {
        JobId id = served.created();
        served.failed(served.claimed());

        try (Stream stream = stream(id)) {
            List<Event> events = stream.until("failed");
            assertThat(events).extracting(Event::name).containsExactly("status", "failed");
            assertThat(events.getLast().data().path("error").path("code").asString())
                    .isEqualTo("out_of_memory");
            assertThat(stream.next().name()).isEmpty();
            // Who has seen the first of the two has not seen the second.
            try (Stream again = stream(id, String.valueOf(events.getFirst().id()))) {
                assertThat(again.next().name()).isEqualTo("failed");
            }
        }
    }

    @Test
    void numbersGoOnAfterARestart() throws IOException {
        JobId id = served.created();
        long seen;
        try (Stream stream = stream(id)) {
            seen = stream.next().id();
        }
        served.close();
        served = ServedVideos.start(folder);
        try (Stream stream = stream(id, String.valueOf(seen))) {
            served.claimed();
            Event next = stream.next();
            assertThat(next.data().path("status").asString()).isEqualTo("in_progress");
            assertThat(next.id()).isGreaterThan(seen);
        }
    }

    @Test
    void oneStreamTellsOfAllVideos() throws IOException {
        JobId before = served.created();
        try (Stream stream = new Stream(served.uri("/v1/events"))) {
            assertThat(stream.until("queue").getLast().data().path("queued").path(0).asString())
                    .isEqualTo(before.value());
            JobId id = served.created();
            assertThat(stream.until("status").getLast().data().path("id").asString())
                    .isEqualTo(id.value());
            Claim claim = served.claimed();
            served.completed(claim, "bytes");
            assertThat(stream.until("completed").getLast().data().path("id").asString())
                    .isEqualTo(before.value());
            served.delete("/v1/videos/" + id);
            assertThat(stream.until("deleted").getLast().data().path("id").asString())
                    .isEqualTo(id.value());
            served.post("/v1/queue:pause", "");
            List<Event> queue = new ArrayList<>();
            do {
                queue.addAll(stream.until("queue"));
            } while (!queue.getLast().data().path("paused").asBoolean());
        }
    }

    @Test
    void aStreamOfADeletedVideoEnds() throws IOException {
        JobId id = served.created();
        try (Stream stream = stream(id)) {
            stream.next();
            served.delete("/v1/videos/" + id);
            assertThat(stream.next().name()).isEqualTo("deleted");
            assertThat(stream.next().name()).isEmpty();
        }
    }

    @Test
    void streamsEndWithTheService() throws IOException {
        JobId id = served.created();
        try (Stream stream = stream(id)) {
            stream.next();
            long start = System.nanoTime();
            served.web.close();
            assertThat(stream.next().name()).isEmpty();
            assertThat(System.nanoTime() - start).isLessThan(4_000_000_000L);
        }
    }

    @Test
    void aTicketOpensTheStreamOfItsVideo() throws IOException {
        JobId id = served.created();
        JsonNode ticket = served.post("/v1/videos/" + id + "/ticket", "").json();
        assertThat(ticket.path("object").asString()).isEqualTo("video.ticket");
        String query = "/events?ticket=" + ticket.path("ticket").asString();
        try (Stream stream = new Stream(served.uri("/v1/videos/" + id + query))) {
            assertThat(stream.next().name()).isEqualTo("status");
        }
    }
}
