package org.svgen.lab.study;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.svgen.pipeline.CancelledException;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Rules;
import org.svgen.tensor.BadInputException;

/**
 * Runs a study. Pair by pair of prompt and seed, the reference comes first, and each method's video
 * is compared with it. Each run is kept in a journal as soon as it is done, so that a study that
 * was ended goes on where it was.
 */
public final class StudyRun {
    private static final int WARM_UP_STEPS = 2;

    private final Study study;
    private final StudyModel model;
    private final StudyRequests requests;
    private final Journal journal;
    private final Judge judge;
    private final Runs runs;
    private final KeptFrames frames;
    private final RunMaker maker;
    private final StudyListener listener;
    private final Pace pace = new Pace();
    private final Set<String> said = new HashSet<>();

    private StudyRun(
            Study study,
            StudyModel model,
            StudyRequests requests,
            Journal journal,
            Judge judge,
            Path folder,
            StudyListener listener) {
        RunFiles files = new RunFiles(folder);
        this.study = study;
        this.model = model;
        this.requests = requests;
        this.journal = journal;
        this.judge = judge;
        this.frames = new KeptFrames(folder);
        this.listener = listener;
        this.runs =
                new Runs(
                        study, requests, new RunKey(model.subject(), judge.name()), journal, files);
        this.maker = new RunMaker(model, judge, files, study.extras().keepVideos(), listener);
    }

    /**
     * Does the runs of a study that are not done yet, and writes what came of all of them: {@code
     * results.csv}, {@code steps.csv} and {@code study.json}; and {@code calibration.json} if
     * methods differ in their limit of attention's error alone.
     *
     * @param study what to do
     * @param model on what
     * @param folder of the study, which is made if need be
     * @param command that makes the study, for its results
     * @param listener hears how it goes on; may end it
     * @return what came of it
     * @throws BadInputException with the place in the study file, if the model cannot do one of the
     *     runs, before the first begins; if another study is at work in the folder
     * @throws CancelledException if the listener asks for it; what is done is kept
     */
    public static StudyResults run(
            Study study, StudyModel model, Path folder, String command, StudyListener listener) {
        Objects.requireNonNull(study, "study");
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(folder, "folder");
        Objects.requireNonNull(command, "command");
        Objects.requireNonNull(listener, "listener");
        try (Arena arena = Arena.ofShared();
                Judge judge = Judge.open(study.extras().lpipsWeights())) {
            StudyRequests requests = new StudyRequests(study, model.pipeline(), arena);
            try (Journal journal = Journal.open(folder, listener::note)) {
                StudyRun run =
                        new StudyRun(study, model, requests, journal, judge, folder, listener);
                return run.all(new ResultFiles(folder), command);
            }
        }
    }

    private StudyResults all(ResultFiles files, String command) {
        requests.notes().forEach(this::say);
        List<Pair> pairs = requests.pairs();
        int left = left();
        listener.opened(runs.all(), runs.all() - left);
        if (left > 0 && study.extras().warmUp()) {
            warmUp();
        }
        for (int i = 0; i < pairs.size(); i++) {
            if (!runs.isDone(pairs.get(i))) {
                pair(i, pairs.get(i));
                files.write(results(command));
            }
        }
        frames.removeOthers("");
        StudyResults results = results(command);
        files.write(results);
        new Calibrator(requests, model.subject(), this::say)
                .of(study.arms(), results.runs())
                .ifPresent(files::write);
        return results;
    }

    private int left() {
        return runs.left().values().stream().mapToInt(Integer::intValue).sum();
    }

    /** The reference and the first method that is judged, by a few steps without their warm-up. */
    private void warmUp() {
        Arm judged =
                study.arms().stream()
                        .filter(arm -> arm.role() == Method.Role.METHOD)
                        .findFirst()
                        .orElseThrow();
        for (Arm arm : List.of(runs.reference(), judged)) {
            listener.warmsUp(arm.name());
            Request whole = requests.request(arm, requests.pairs().getFirst());
            Request few =
                    whole.toBuilder()
                            .steps(Math.min(WARM_UP_STEPS, whole.steps()))
                            .set(Rules.DENSE_STEPS.name(), "0")
                            .build();
            maker.warmUp(isTaken(few) ? few : whole);
        }
    }

    private boolean isTaken(Request request) {
        try {
            model.pipeline().check(request);
            return true;
        } catch (BadInputException e) {
            return false; // some setting asks for more steps
        }
    }

    private void pair(int index, Pair pair) {
        String key = runs.key(runs.reference(), pair);
        frames.removeOthers(key);
        if (runs.done(runs.reference(), pair).isEmpty() || !frames.has(key)) {
            run(runs.reference(), pair, task -> maker.reference(task, frames));
        }
        frames.use(
                key,
                reference -> {
                    for (Arm arm : runs.others(index)) {
                        if (runs.done(arm, pair).isEmpty()) {
                            run(arm, pair, task -> maker.compared(task, reference));
                        }
                    }
                });
    }

    private interface Making {
        JournalEntry of(RunMaker.Task task);
    }

    private void run(Arm arm, Pair pair, Making making) {
        if (listener.cancelled()) {
            throw new CancelledException();
        }
        listener.begins(progress(), arm.name(), pair.prompt(), pair.seed());
        long begin = System.nanoTime();
        JournalEntry entry =
                making.of(
                        new RunMaker.Task(
                                arm, pair, runs.key(arm, pair), requests.request(arm, pair)));
        journal.append(entry);
        pace.add(arm.name(), (System.nanoTime() - begin) * 1e-9);
        entry.notes().forEach(note -> say("%s: %s".formatted(arm.name(), note)));
        listener.ends(progress(), entry.as(arm, pair));
    }

    private void say(String note) {
        if (said.add(note)) {
            listener.note(note);
        }
    }

    private StudyProgress progress() {
        Map<String, Integer> left = runs.left();
        int open = left.values().stream().mapToInt(Integer::intValue).sum();
        return new StudyProgress(runs.all() - open, runs.all(), pace.secondsFor(left));
    }

    private StudyResults results(String command) {
        return new StudyResults(
                study.title(),
                command,
                model.subject(),
                study.settings().values(),
                requests.prompts().stream().map(Prompt::text).toList(),
                study.seeds(),
                study.arms().stream().map(Arm::method).toList(),
                runs.results(),
                Stream.concat(judge.notes().stream(), runs.notes().stream()).toList());
    }
}
