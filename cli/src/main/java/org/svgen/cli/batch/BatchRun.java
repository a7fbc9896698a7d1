package org.svgen.cli.batch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.svgen.cli.batch.BatchResult.Outcome;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Field;

/**
 * Makes what a batch file asks for. All videos are checked before the first of them is made; those
 * that the folder has are not made again.
 */
public final class BatchRun {
    private final List<BatchTask> tasks;
    private final VideoMaker maker;
    private final Path folder;
    private final VideoNames names;
    private final BatchListener listener;

    private BatchRun(
            List<BatchTask> tasks,
            VideoMaker maker,
            Path folder,
            VideoNames names,
            BatchListener listener) {
        this.tasks = tasks;
        this.maker = maker;
        this.folder = folder;
        this.names = names;
        this.listener = listener;
    }

    /**
     * Checks all videos.
     *
     * @param tasks of a batch file
     * @param maker of the videos
     * @param folder where they will lie
     * @param slug makes words for a file name of a prompt
     * @param listener gets what the user should know
     * @return the batch, to be run
     * @throws BadInputException that names each mistake with its line and column
     */
    public static BatchRun check(
            List<BatchTask> tasks,
            VideoMaker maker,
            Path folder,
            UnaryOperator<String> slug,
            BatchListener listener) {
        Objects.requireNonNull(tasks, "tasks");
        Mistakes mistakes = new Mistakes(tasks.getFirst().row().file());
        Map<Path, BatchTask> files = new HashMap<>();
        Map<String, BatchTask> keys = new HashMap<>();
        BatchRun run = new BatchRun(tasks, maker, folder, new VideoNames(slug), listener);
        for (BatchTask task : tasks) {
            try {
                maker.check(task);
                String key = maker.key(task);
                BatchTask same = keys.putIfAbsent(key, task);
                BatchTask other = files.putIfAbsent(run.file(task, key), task);
                if (same != null && !same.output().equals(task.output())) {
                    mistakes.add(
                            task.row(),
                            "output: expected the name that line %d has, which is the same video"
                                    .formatted(same.row().line()));
                } else if (same == null && other != null) {
                    mistakes.add(
                            task.row(),
                            "output: expected another name than that of line %d"
                                    .formatted(other.row().line()));
                }
            } catch (BadInputException e) {
                mistakes.add(task.place(e.field()), e.text(field -> Field.words(field, "_")));
            }
        }
        mistakes.refuse();
        return run;
    }

    private Path file(BatchTask task, String key) {
        return folder.resolve(names.of(task, key) + ".mp4");
    }

    /** {@return the names of all videos, in the order of the file} */
    public List<Path> files() {
        return tasks.stream().map(task -> file(task, maker.key(task))).toList();
    }

    /**
     * Makes the videos that are not there.
     *
     * @return what came of all of them
     */
    public BatchResult run() {
        try (BatchJournal journal = BatchJournal.open(folder, listener::note)) {
            Map<String, PlannedVideo> videos = new LinkedHashMap<>();
            List<PlannedVideo> all = new ArrayList<>();
            for (BatchTask task : tasks) {
                PlannedVideo video = planned(task, journal);
                all.add(video);
                videos.putIfAbsent(video.key(), video);
            }
            List<PlannedVideo> missing =
                    videos.values().stream().filter(video -> !isThere(video, journal)).toList();
            Settled settled = new Settled(all, missing, journal, listener);
            maker.make(missing, settled);
            return result(all, settled);
        }
    }

    private PlannedVideo planned(BatchTask task, BatchJournal journal) {
        String key = maker.key(task);
        Optional<BatchJournal.Entry> entry = journal.find(key);
        Path file =
                entry.filter(e -> e.state() == BatchJournal.State.DONE)
                        .filter(e -> task.output().isEmpty())
                        .map(e -> folder.resolve(e.file()))
                        .orElseGet(() -> file(task, key));
        return new PlannedVideo(
                task,
                key,
                file,
                entry.map(BatchJournal.Entry::attempts).orElse(0),
                entry.filter(e -> e.state() == BatchJournal.State.SENT)
                        .map(BatchJournal.Entry::id));
    }

    /** Whether the file is the one that an earlier call wrote. */
    private static boolean isThere(PlannedVideo video, BatchJournal journal) {
        return journal.find(video.key())
                .filter(e -> e.state() == BatchJournal.State.DONE)
                .filter(e -> e.file().equals(String.valueOf(video.file().getFileName())))
                .filter(e -> e.bytes() == bytes(video.file()))
                .isPresent();
    }

    static long bytes(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            return -1; // It is not there.
        }
    }

    private BatchResult result(List<PlannedVideo> all, Settled settled) {
        List<BatchResult.Video> videos = new ArrayList<>();
        List<Sheets.Shown> shown = new ArrayList<>();
        for (PlannedVideo video : all) {
            BatchResult.Video result = settled.result(video);
            videos.add(result);
            if (result.outcome() != Outcome.FAILED) {
                shown.add(
                        new Sheets.Shown(
                                video.task(),
                                Path.of(result.output()),
                                result.outcome() == Outcome.MADE));
            }
        }
        List<Path> sheets = new Sheets(folder, names).write(shown, listener);
        return new BatchResult(
                folder.toString(),
                count(videos, Outcome.MADE),
                count(videos, Outcome.SKIPPED),
                count(videos, Outcome.FAILED),
                videos,
                sheets.stream().map(Path::toString).toList());
    }

    private static int count(List<BatchResult.Video> videos, Outcome outcome) {
        return (int) videos.stream().filter(video -> video.outcome() == outcome).count();
    }
}
