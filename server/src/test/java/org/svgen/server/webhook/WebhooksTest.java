package org.svgen.server.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.server.job.JobId;
import org.svgen.server.job.JobState;
import org.svgen.server.net.AddressRules;
import org.svgen.server.net.Outbound;
import org.svgen.server.store.Delivery;
import org.svgen.server.store.Outbox;
import org.svgen.tensor.BadInputException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class WebhooksTest {
    private static final JobId JOB = new JobId("video_abcdefghijklmnopqrstuvwxyz");

    @TempDir Path folder;

    private final Deque<Integer> answers = new ArrayDeque<>();
    private final List<Call> calls = new CopyOnWriteArrayList<>();
    private final Rows outbox = new Rows();
    private final List<String> log = new CopyOnWriteArrayList<>();
    private HttpServer server;

    /** What a receiver got. */
    private record Call(Map<String, List<String>> headers, String body) {}

    /** An outbox in memory, where waiting takes no time. */
    private static final class Rows implements Outbox {
        private final Deque<Delivery> due = new ArrayDeque<>();
        private final Map<String, Delivery> taken = new HashMap<>();
        private final List<String> words = new ArrayList<>();

        synchronized void add(Delivery delivery) {
            due.add(delivery);
        }

        @Override
        public synchronized List<Delivery> take(int limit, Duration lease) {
            List<Delivery> some = new ArrayList<>();
            while (some.size() < limit && !due.isEmpty()) {
                some.add(due.removeFirst());
            }
            some.forEach(delivery -> taken.put(delivery.id(), delivery));
            return some;
        }

        @Override
        public synchronized void delivered(String id) {
            words.add("delivered " + id);
        }

        @Override
        public synchronized void retry(String id, Duration wait) {
            Delivery old = Objects.requireNonNull(taken.get(id));
            words.add("retry " + wait.toSeconds());
            due.add(
                    new Delivery(
                            id, old.job(), old.state(), old.url(), old.at(), old.attempts() + 1));
        }

        @Override
        public synchronized void dropped(String id) {
            words.add("dropped " + id);
        }

        synchronized List<String> words() {
            return List.copyOf(words);
        }
    }

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/",
                exchange -> {
                    calls.add(
                            new Call(
                                    Map.copyOf(exchange.getRequestHeaders()),
                                    new String(
                                            exchange.getRequestBody().readAllBytes(),
                                            StandardCharsets.UTF_8)));
                    int status;
                    synchronized (answers) {
                        status = answers.isEmpty() ? 204 : answers.removeFirst();
                    }
                    exchange.getResponseHeaders().set("Location", "/elsewhere");
                    exchange.sendResponseHeaders(status, -1);
                    exchange.close();
                });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private Delivery news(String id, JobState state) {
        return new Delivery(
                id,
                JOB,
                state,
                "http://localhost:%d/hook".formatted(server.getAddress().getPort()),
                1_790_000_000_500L,
                0);
    }

    private Webhooks webhooks(Secrets secrets, boolean allowPrivate) {
        return new Webhooks(
                outbox,
                secrets,
                new Outbound(AddressRules.of(allowPrivate)),
                InstantSource.system(),
                log::add);
    }

    private void until(BooleanSupplier done) throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!done.getAsBoolean()) {
            assertThat(System.nanoTime()).as("%s %s", outbox.words(), log).isLessThan(end);
            Thread.sleep(5);
        }
    }

    private static void verify(String secret, Call call) throws Exception {
        new Webhook(secret).verify(call.body, HttpHeaders.of(call.headers, (_, _) -> true));
    }

    @Test
    void newsAreSignedAsStandardWebhooksVerifiesIt() throws Exception {
        String first = Secret.random();
        String second = Secret.random();
        Path file =
                Files.writeString(folder.resolve("s"), "# two\n" + first + "\n" + second + "\n");
        outbox.add(news("msg_1", JobState.COMPLETED));
        outbox.add(news("msg_2", JobState.FAILED));
        try (Webhooks webhooks = webhooks(Secrets.of(file), true)) {
            webhooks.start();
            until(() -> outbox.words().size() == 2);
        }
        assertThat(outbox.words()).containsExactlyInAnyOrder("delivered msg_1", "delivered msg_2");
        for (Call call : calls) {
            verify(first, call);
            verify(second, call);
            assertThatThrownBy(() -> verify(Secret.random(), call))
                    .isInstanceOf(WebhookVerificationException.class);
            assertThatThrownBy(() -> verify(first, new Call(call.headers, call.body + " ")))
                    .isInstanceOf(WebhookVerificationException.class);
        }
        Call done =
                calls.stream()
                        .filter(call -> call.body.contains("evt_1"))
                        .findFirst()
                        .orElseThrow();
        JsonNode body = new JsonMapper().readTree(done.body);
        assertThat(body)
                .isEqualTo(
                        new JsonMapper()
                                .readTree(
                                        """
                                        {"id": "evt_1", "object": "event", "type": "video.completed",
                                         "created_at": 1790000000,
                                         "data": {"id": "%s", "status": "completed"}}
                                        """
                                                .formatted(JOB)));
        assertThat(calls).anyMatch(call -> call.body.contains("\"type\":\"video.failed\""));
    }

    @Test
    void whatDoesNotArriveIsSentAgainAfterGrowingWaitsAndThenGivenUp() throws Exception {
        synchronized (answers) {
            answers.addAll(List.of(500, 302, 404, 429, 503, 500, 400, 500));
        }
        outbox.add(news("msg_1", JobState.COMPLETED));
        try (Webhooks webhooks = webhooks(Secrets.ofService(folder), true)) {
            webhooks.start();
            until(() -> {
                webhooks.wake();
                return outbox.words().contains("dropped msg_1");
            });
        }
        List<Integer> waits = List.of(5, 30, 300, 1800, 7200, 28800, 86400);
        assertThat(outbox.words()).hasSize(8);
        for (int i = 0; i < waits.size(); i++) {
            int wait = Integer.parseInt(outbox.words().get(i).replace("retry ", ""));
            assertThat(wait).isBetween(waits.get(i), waits.get(i) * 6 / 5);
        }
        assertThat(calls).hasSize(8);
        assertThat(calls)
                .extracting(call -> call.headers.get("Webhook-id") + call.body)
                .as("a receiver knows a repeat by its id")
                .containsOnly(calls.getFirst().headers.get("Webhook-id") + calls.getFirst().body);
        assertThat(log).singleElement().asString().contains("is given up: HTTP status 500");
    }

    @Test
    void anAddressThatIsGoneGetsNothingMore() throws Exception {
        synchronized (answers) {
            answers.add(410);
        }
        outbox.add(news("msg_1", JobState.COMPLETED));
        try (Webhooks webhooks = webhooks(Secrets.ofService(folder), true)) {
            webhooks.start();
            until(() -> outbox.words().size() == 1);
            outbox.add(news("msg_2", JobState.COMPLETED));
            webhooks.wake();
            until(() -> outbox.words().size() == 2);
        }
        assertThat(outbox.words()).containsExactly("dropped msg_1", "dropped msg_2");
        assertThat(calls).hasSize(1);
    }

    @Test
    void aPrivateAddressIsNotCalledUnlessThatIsAllowed() throws Exception {
        outbox.add(news("msg_1", JobState.COMPLETED));
        try (Webhooks webhooks = webhooks(Secrets.ofService(folder), false)) {
            webhooks.start();
            until(() -> outbox.words().size() == 1);
        }
        assertThat(outbox.words().getFirst()).startsWith("retry ");
        assertThat(calls).isEmpty();
    }

    @Test
    void secretsAreReadAgainWhenTheirFileChanges() throws Exception {
        Secrets secrets = Secrets.ofService(folder);
        Path file = folder.resolve("webhook-secret");
        if (Files.getFileStore(file).supportsFileAttributeView("posix")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
        }
        byte[] body = {1};
        String before = secrets.sign("msg_1", 1, body);
        assertThat(Secrets.ofService(folder).sign("msg_1", 1, body)).isEqualTo(before);
        String old = Files.readString(file);
        Files.writeString(file, Secret.random() + "\n" + old);
        Files.setLastModifiedTime(file, FileTime.fromMillis(1_000));
        assertThat(secrets.sign("msg_1", 1, body)).endsWith(" " + before).isNotEqualTo(before);
        Files.writeString(file, "rubbish");
        assertThat(secrets.sign("msg_1", 1, body)).endsWith(" " + before);
    }

    @Test
    void whatIsNoSecretIsRefusedWithoutSayingIt() throws Exception {
        Path file = folder.resolve("s");
        for (String text : List.of("whsec_c2hvcnQ=", "sk-abc", "whsec_***")) {
            Files.writeString(file, "\n" + text + "\n");
            assertThatThrownBy(() -> Secrets.of(file))
                    .isInstanceOf(BadInputException.class)
                    .hasMessage(
                            file
                                    + ", line 2: expected whsec_ and 24 to 64 bytes in base64, found something else");
        }
        Files.writeString(file, "\n");
        assertThatThrownBy(() -> Secrets.of(file)).hasMessageContaining("found 0");
        Files.writeString(file, (Secret.random() + "\n").repeat(3));
        assertThatThrownBy(() -> Secrets.of(file)).hasMessageContaining("found 3");
        assertThat(Secret.parse(Secret.random())).hasToString("a webhook secret");
        assertThatCode(() -> Secret.parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
                .doesNotThrowAnyException();
    }
}
