package org.svgen.server.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.svgen.server.store.JobStore;
import org.svgen.server.store.StoreException;
import org.svgen.server.wire.Problem;
import org.svgen.server.wire.Refusal;
import org.svgen.server.work.WorkerCard;
import org.svgen.server.work.Workers;

/** What probes ask: whether the process lives, and whether it can take work. */
record Health(
        JobStore store,
        Workers workers,
        Exposition metrics,
        String version,
        AtomicBoolean stopping) {
    private static final double SOON = 5;
    private static final String STOPPING = "the service is stopping";

    /** Lives as long as it answers. */
    void health(Call call) {
        call.json(Map.of("status", "ok"));
    }

    void ready(Call call) {
        Optional<String> why = unready();
        if (why.isPresent()) {
            throw new Refusal(Problem.unavailable(why.get(), SOON));
        }
        call.json(Map.of("status", "ready"));
    }

    private Optional<String> unready() {
        if (stopping.get()) {
            return Optional.of(STOPPING);
        }
        try {
            store.check();
        } catch (StoreException e) {
            return Optional.of("the store cannot do its work now");
        }
        return workers.unready().or(workers::full);
    }

    /** Why no video is taken at the moment. */
    Optional<String> closed() {
        return stopping.get() ? Optional.of(STOPPING) : workers.full();
    }

    void metrics(Call call) throws IOException {
        String accept = call.header("Accept").orElse("");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        metrics.write(accept, out);
        call.header("Cache-Control", "no-store");
        call.send(200, metrics.contentType(accept), out.toByteArray());
    }

    /** What the page says of the service. */
    void server(Call call) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("object", "server");
        json.put("name", "svgen");
        json.put("version", version);
        json.put("ready", unready().isEmpty());
        json.put("devices", workers.cards().stream().map(Health::device).toList());
        call.json(json);
    }

    private static Map<String, @Nullable Object> device(WorkerCard card) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("id", card.name());
        json.put("backend", card.opened().map(WorkerCard.Opened::backend).orElse(null));
        json.put("name", card.opened().map(WorkerCard.Opened::summary).orElse(null));
        json.put("memory_bytes", card.opened().map(WorkerCard.Opened::memoryBytes).orElse(null));
        json.put("ready", card.unready().isEmpty());
        json.put("reason", card.unready().orElse(null));
        return json;
    }
}
