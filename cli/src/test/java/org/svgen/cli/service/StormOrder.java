package org.svgen.cli.service;

import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * The jobs of a storm. A client hands them in while services are killed, and asks again with the
 * same idempotency key where it got no answer.
 */
final class StormOrder {
    private static final List<String> PROMPTS =
            List.of(
                    "a red circle moves right on a black background",
                    "a purple heart grows at sunset",
                    "a green triangle moves up on a checkerboard");
    private static final List<String> ATTENTION = List.of("svg", "dense");

    private final List<Map<String, Object>> bodies;
    private final Map<Integer, String> accepted = new ConcurrentHashMap<>();

    /**
     * @param jobs how many
     * @param steps of denoising, of each
     */
    StormOrder(int jobs, int steps) {
        this.bodies = IntStream.range(0, jobs).mapToObj(i -> body(i, steps)).toList();
    }

    private static Map<String, Object> body(int number, int steps) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("prompt", PROMPTS.get(number % PROMPTS.size()));
        body.put("size", "64x64");
        body.put("num_frames", 9);
        body.put("num_inference_steps", steps);
        body.put("seed", number);
        body.put("attention", ATTENTION.get(number % ATTENTION.size()));
        return body;
    }

    int size() {
        return bodies.size();
    }

    /** Ids of those that were answered for, by their numbers. */
    Map<Integer, String> accepted() {
        return Map.copyOf(accepted);
    }

    boolean isAccepted() {
        return accepted.size() == bodies.size();
    }

    /** Hands all in to one service; {@return what it made of each, by its number} */
    Map<Integer, byte[]> undisturbed(Api api) {
        Map<Integer, String> ids = new HashMap<>();
        for (int i = 0; i < bodies.size(); i++) {
            ids.put(i, api.create(bodies.get(i)));
        }
        Map<Integer, byte[]> videos = new HashMap<>();
        ids.forEach((number, id) -> {
            api.ended(id);
            videos.put(number, api.content(id));
        });
        return videos;
    }

    /**
     * Hands one in, again and again until there is an answer.
     *
     * @param number of the job
     * @param service gives one that lives, as far as anybody knows
     */
    void handIn(int number, Supplier<Api> service) {
        String key = "storm-" + number;
        while (true) {
            try {
                Api api = service.get().with("Idempotency-Key", key);
                accepted.put(number, api.create(bodies.get(number)));
                return;
            } catch (UncheckedIOException e) {
                Await.sleep(20); // killed before it could answer
            }
        }
    }
}
