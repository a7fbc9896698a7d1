package org.svgen.cli.service;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads a stream of events while the test does something else. */
final class EventReader implements AutoCloseable {
    private static final JsonMapper JSON = new JsonMapper();

    private final List<Event> events = new CopyOnWriteArrayList<>();
    private final HttpResponse<Stream<String>> response;
    private volatile boolean over;
    private String id = "";
    private String name = "";

    /**
     * An event.
     *
     * @param at when it came, by {@link System#nanoTime}
     */
    record Event(String id, String name, JsonNode data, long at) {
        int step() {
            return data.path("step").asInt(0);
        }
    }

    EventReader(Api api, String path) {
        try {
            response =
                    api.client()
                            .send(api.request(path).build(), HttpResponse.BodyHandlers.ofLines());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        Thread.ofVirtual().start(this::read);
    }

    private void read() {
        try (Stream<String> lines = response.body()) {
            lines.forEach(this::line);
        } catch (UncheckedIOException e) {
            // The service ended, or the test has enough.
        } finally {
            over = true;
        }
    }

    private void line(String line) {
        if (line.startsWith("id: ")) {
            id = line.substring(4);
        } else if (line.startsWith("event: ")) {
            name = line.substring(7);
        } else if (line.startsWith("data: ")) {
            events.add(new Event(id, name, JSON.readTree(line.substring(6)), System.nanoTime()));
        }
    }

    List<Event> events() {
        return List.copyOf(events);
    }

    boolean isOver() {
        return over;
    }

    /** The step that was told last; 0 before the first. */
    int step() {
        return events.stream().mapToInt(Event::step).max().orElse(0);
    }

    /** Waits until so many steps are done. */
    void awaitStep(int step) {
        Await.until(() -> step() >= step || over);
    }

    /** The longest time between two steps, in seconds. */
    double longestStep() {
        List<Event> steps = events.stream().filter(event -> event.step() > 0).toList();
        double longest = 0;
        for (int i = 1; i < steps.size(); i++) {
            longest = Math.max(longest, (steps.get(i).at() - steps.get(i - 1).at()) / 1e9);
        }
        return longest;
    }

    @Override
    public void close() {
        response.body().close();
    }
}
