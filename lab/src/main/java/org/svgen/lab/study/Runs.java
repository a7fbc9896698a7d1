package org.svgen.lab.study;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Which runs a study consists of, and which of them are done. */
final class Runs {
    private final Study study;
    private final StudyRequests requests;
    private final RunKey keys;
    private final Journal journal;
    private final RunFiles files;
    private final Map<Slot, String> known = new HashMap<>();

    /** A place in the study's matrix. */
    private record Slot(Arm arm, Pair pair) {}

    Runs(Study study, StudyRequests requests, RunKey keys, Journal journal, RunFiles files) {
        this.study = study;
        this.requests = requests;
        this.keys = keys;
        this.journal = journal;
        this.files = files;
    }

    Arm reference() {
        return study.arms().getFirst();
    }

    /** All but the reference, in an order that moves on from pair to pair. */
    List<Arm> others(int pair) {
        List<Arm> arms = study.arms().subList(1, study.arms().size());
        List<Arm> turned = new ArrayList<>();
        for (int i = 0; i < arms.size(); i++) {
            turned.add(arms.get((i + pair) % arms.size()));
        }
        return turned;
    }

    String key(Arm arm, Pair pair) {
        return known.computeIfAbsent(new Slot(arm, pair), slot -> keyOf(arm, pair));
    }

    private String keyOf(Arm arm, Pair pair) {
        Prompt prompt = requests.prompts().get(pair.prompt());
        String reference = keys.of(requests.request(reference(), pair), prompt);
        return arm.equals(reference())
                ? reference
                : keys.of(requests.request(arm, pair), prompt, reference);
    }

    /** The run, if it is done and what should be kept of it is there. */
    Optional<JournalEntry> done(Arm arm, Pair pair) {
        return journal.find(key(arm, pair))
                .filter(entry ->
                        !study.extras().keepVideos()
                                || (!entry.video().isEmpty() && files.has(entry.video())));
    }

    boolean isDone(Pair pair) {
        return study.arms().stream().allMatch(arm -> done(arm, pair).isPresent());
    }

    /** Runs that are to come, by method. */
    Map<String, Integer> left() {
        Map<String, Integer> left = new LinkedHashMap<>();
        for (Pair pair : requests.pairs()) {
            for (Arm arm : study.arms()) {
                if (done(arm, pair).isEmpty()) {
                    left.merge(arm.name(), 1, Integer::sum);
                }
            }
        }
        return left;
    }

    int all() {
        return requests.pairs().size() * study.arms().size();
    }

    /** The runs of the pairs that are done. */
    List<RunResult> results() {
        List<RunResult> results = new ArrayList<>();
        for (Pair pair : requests.pairs()) {
            if (isDone(pair)) {
                study.arms()
                        .forEach(arm -> results.add(done(arm, pair).orElseThrow().as(arm, pair)));
            }
        }
        return results;
    }

    /** What runs noted, each line once. */
    List<String> notes() {
        Set<String> notes = new LinkedHashSet<>(requests.notes());
        for (Pair pair : requests.pairs()) {
            for (Arm arm : study.arms()) {
                done(arm, pair)
                        .ifPresent(
                                entry -> entry.notes().forEach(note -> notes.add(said(arm, note))));
            }
        }
        return List.copyOf(notes);
    }

    private static String said(Arm arm, String note) {
        return "%s: %s".formatted(arm.name(), note);
    }
}
