package org.svgen.cli.service;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import tools.jackson.databind.JsonNode;

/**
 * Kills services at random moments while they make videos, and starts them again each time, until
 * all videos are there.
 */
final class KillStorm {
    /** A job that was started so often without coming further comes further before a kill. */
    private static final int STARTS = 2;

    private final StormPlace place;
    private final StormOrder order;
    private final int kills;
    private final long longestMillis;
    private final Random random;
    private final List<String> wrong = new ArrayList<>();
    private final Map<String, Integer> steps = new HashMap<>();
    private int duringRuns;
    private int behindCheckpoints;

    /**
     * What came of it.
     *
     * @param duringRuns kills while a job was in progress
     * @param behindCheckpoints kills while each service had a job in progress with a checkpoint
     * @param attempts of each job
     * @param wrong what is not as it should be
     */
    record Outcome(
            int kills,
            int duringRuns,
            int behindCheckpoints,
            long resumed,
            long restarted,
            long quarantined,
            List<Integer> attempts,
            double seconds,
            List<String> wrong) {
        /** A line for each figure. */
        String text() {
            return """
            kills %d, of them while a video was made %d, behind its checkpoint %d
            videos that went on from a checkpoint %d times, from the beginning %d, given up %d
            starts of each video %s
            seconds %.0f
            wrong %s\
            """
                    .formatted(
                            kills,
                            duringRuns,
                            behindCheckpoints,
                            resumed,
                            restarted,
                            quarantined,
                            attempts,
                            seconds,
                            wrong.isEmpty() ? "nothing" : String.join("; ", wrong));
        }
    }

    /**
     * @param kills how many
     * @param longestMillis from a start to the next kill, unless a job must come further first
     */
    KillStorm(StormPlace place, StormOrder order, int kills, long longestMillis, long seed) {
        this.place = place;
        this.order = order;
        this.kills = kills;
        this.longestMillis = longestMillis;
        this.random = new Random(seed);
    }

    /**
     * @param expected videos of the jobs by their numbers, made by a service that nobody disturbed
     */
    Outcome run(Map<Integer, byte[]> expected) {
        long start = System.nanoTime();
        try (Fleet fleet = new Fleet(place)) {
            fleet.api(); // the store is there from now on
            Thread client = Thread.ofVirtual().start(() -> handIn(fleet));
            for (int kill = 0; kill < kills; kill++) {
                Await.sleep(random.nextLong(longestMillis));
                Await.until(() -> place.truth().jobs().stream().noneMatch(KillStorm::isStuck));
                look();
                fleet.kill(random);
                fleet.restart();
            }
            Await.until(() -> !client.isAlive());
            Api api = fleet.api();
            compare(api, expected);
            return new Outcome(
                    kills,
                    duringRuns,
                    behindCheckpoints,
                    recovered(api, "resumed"),
                    recovered(api, "restarted"),
                    recovered(api, "quarantined"),
                    place.truth().jobs().stream().map(StoreTruth.Row::attempts).toList(),
                    (System.nanoTime() - start) / 1e9,
                    List.copyOf(wrong));
        }
    }

    /** One job after the other, at random moments of the first half of the kills. */
    private void handIn(Fleet fleet) {
        Random pauses = new Random(order.size());
        long longest = longestMillis * kills / order.size() / 2;
        for (int i = 0; i < order.size(); i++) {
            order.handIn(i, fleet::api);
            Await.sleep(pauses.nextLong(Math.max(1, longest)));
        }
    }

    private static boolean isStuck(StoreTruth.Row job) {
        return job.runs() && job.starts() >= STARTS;
    }

    /** A job never falls behind its checkpoint. */
    private void look() {
        List<StoreTruth.Row> runs = place.truth().jobs().stream().filter(r -> r.runs()).toList();
        if (!runs.isEmpty()) {
            duringRuns++;
        }
        for (StoreTruth.Row job : runs) {
            Integer before = steps.put(job.id(), job.checkpoint());
            if (before != null && job.checkpoint() < before) {
                wrong.add("%s: step %d after %d".formatted(job.id(), job.checkpoint(), before));
            }
        }
        // Whichever service is killed, it has one of them.
        if (runs.stream().filter(job -> job.checkpoint() > 0).count() >= place.services()) {
            behindCheckpoints++;
        }
    }

    private void compare(Api api, Map<Integer, byte[]> expected) {
        order.accepted()
                .forEach((number, id) -> {
                    JsonNode video = api.ended(id);
                    if (!video.path("status").asString("").equals("completed")
                            || video.path("warnings").toString().contains("began again")) {
                        wrong.add(video.toString());
                    }
                    if (!Arrays.equals(api.content(id), expected.get(number))) {
                        wrong.add(id + ": other bytes than undisturbed");
                    }
                    List<String> states = place.truth().states(id);
                    if (states.stream().filter("completed"::equals).count() != 1
                            || states.contains("failed")) {
                        wrong.add("%s: %s".formatted(id, states));
                    }
                });
        if (place.truth().jobs().size() != order.size()) {
            wrong.add("there are %d jobs".formatted(place.truth().jobs().size()));
        }
    }

    private static long recovered(Api api, String how) {
        return (long) Metrics.of(api).value("svgen_recovered_jobs_total", "how", how);
    }
}
