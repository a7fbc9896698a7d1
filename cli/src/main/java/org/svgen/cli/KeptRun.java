package org.svgen.cli;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.function.Consumer;
import org.svgen.files.Durable;
import org.svgen.files.Reasons;
import org.svgen.files.Staged;
import org.svgen.pipeline.CancelledException;
import org.svgen.pipeline.Clip;
import org.svgen.pipeline.Plan;
import org.svgen.pipeline.Request;
import org.svgen.resume.CheckpointFile;
import org.svgen.resume.CheckpointInfo;
import org.svgen.resume.Checkpoints;
import org.svgen.resume.Moment;
import org.svgen.resume.Pace;
import org.svgen.resume.Snapshot;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.StoppedException;
import org.svgen.tensor.SvgenException;

/** A run in a folder that keeps how far it is. One process at a time is at work there. */
final class KeptRun implements Checkpoints, AutoCloseable {
    private static final String FILE = "checkpoint.safetensors";
    private static final String LOCK = "lock";

    /** Of the latents' size: UniPC keeps four, EasyCache four, and one file replaces another. */
    private static final int COPIES = 18;

    private final Path folder;
    private final boolean made; // by svgen, which removes it again
    private final FileChannel lock;
    private final CheckpointFile file;
    private final Consumer<String> notes;
    private volatile boolean left; // the run has given its result

    private KeptRun(
            Path folder,
            boolean made,
            FileChannel lock,
            CheckpointFile file,
            Consumer<String> notes) {
        this.folder = folder;
        this.made = made;
        this.lock = lock;
        this.file = file;
        this.notes = notes;
    }

    /**
     * Begins a run.
     *
     * @throws BadInputException if the folder takes no files or keeps another run
     */
    static KeptRun begin(Path folder, KeptCommand command, Consumer<String> notes) {
        boolean made = make(folder);
        Path file = folder.resolve(FILE);
        if (Files.exists(file)) {
            throw new BadInputException(
                    "--checkpoint %s: it keeps a run: '%s' goes on with it; without %s the folder is free"
                            .formatted(folder, resume(folder), file));
        }
        Staged.checkFile(file);
        FileChannel lock = lock(folder);
        return new KeptRun(
                folder,
                made,
                lock,
                new CheckpointFile(file, Pace.USUAL, command.madeFolder(made).notes()),
                notes);
    }

    /**
     * Goes on with the run of a folder.
     *
     * @param command that began it
     */
    static KeptRun goOn(Path folder, KeptCommand command, Consumer<String> notes) {
        Staged.checkFile(folder.resolve(FILE));
        return new KeptRun(
                folder,
                command.made(),
                lock(folder),
                new CheckpointFile(folder.resolve(FILE), Pace.USUAL, command.notes()).goOn(),
                notes);
    }

    /**
     * {@return what a folder's checkpoint says of itself}
     *
     * @throws BadInputException if it has none, or a damaged one
     */
    static CheckpointInfo read(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new BadInputException(
                    "--resume %s: %s"
                            .formatted(
                                    folder,
                                    Files.exists(folder)
                                            ? "expected a folder, found a file"
                                            : "there is no such folder"));
        }
        if (Files.notExists(folder.resolve(FILE))) {
            throw new BadInputException(
                    "--resume %s: the folder holds no checkpoint (%s)".formatted(folder, FILE));
        }
        return CheckpointInfo.read(folder.resolve(FILE));
    }

    private static ShellCommand resume(Path folder) {
        return new ShellCommand("generate").option("--resume", folder);
    }

    private static boolean make(Path folder) {
        try {
            boolean made = Files.notExists(folder);
            Files.createDirectories(folder);
            return made;
        } catch (FileAlreadyExistsException e) {
            throw new BadInputException(
                    "--checkpoint %s: expected a folder, found a file".formatted(folder), e);
        } catch (IOException e) {
            throw new BadInputException(
                    "--checkpoint %s: cannot make the folder: %s".formatted(folder, Reasons.of(e)),
                    e);
        }
    }

    private static FileChannel lock(Path folder) {
        FileChannel lock = null;
        try {
            lock =
                    FileChannel.open(
                            folder.resolve(LOCK),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE);
            if (lock.tryLock() != null) {
                return lock;
            }
            lock.close();
        } catch (OverlappingFileLockException e) {
            // Held by this process.
        } catch (IOException e) {
            if (lock != null) {
                return lock; // some network file systems have no locks
            }
            throw new BadInputException(
                    "%s takes no files: %s".formatted(folder, Reasons.of(e)), e);
        }
        throw new BadInputException("%s: another svgen is at work there".formatted(folder));
    }

    /** About what a checkpoint takes, by the latents: they, and what samplers and caches keep. */
    static long bytes(Request request, Plan plan) {
        return COPIES * (plan.resultBytes() - Clip.bytes(request));
    }

    /** The file of the checkpoint. */
    Path path() {
        return folder.resolve(FILE);
    }

    /** Has the run keep how far it is, and end. From any thread. */
    void stop(Progress progress) {
        progress.say("stopping, and keeping how far the run is");
        file.stop();
        if (left) {
            progress.end();
        }
    }

    /** The run has given its result, which is still to be written: a stop ends the writing. */
    void left(Progress progress) {
        left = true;
        if (stopping()) {
            progress.end();
        }
    }

    /** Says how a run that was stopped goes on, if it does. */
    StoppedException stopped(StoppedException e) {
        if (Files.notExists(path())) {
            return e;
        }
        CheckpointInfo info = CheckpointInfo.read(path());
        return new CancelledException(
                "stopped, no video was written; '%s' goes on behind step %d of %d"
                        .formatted(resume(folder), info.step(), info.steps()),
                e);
    }

    /** The video is whole: nothing is kept any more. */
    void done() {
        Durable.remove(path());
        try {
            Files.deleteIfExists(folder.resolve(LOCK));
            if (made) {
                Files.deleteIfExists(folder);
            }
        } catch (DirectoryNotEmptyException e) {
            // Somebody else put something there.
        } catch (IOException e) {
            notes.accept("left behind: %s: %s".formatted(folder, Reasons.of(e)));
        }
    }

    @Override
    public Optional<Path> from() {
        return file.from();
    }

    @Override
    public boolean wants(Moment moment) {
        return file.wants(moment);
    }

    /** A run of hours does not end because a disk is full. */
    @Override
    public void take(Snapshot snapshot) {
        try {
            file.take(snapshot);
        } catch (StoppedException e) {
            throw e;
        } catch (SvgenException e) {
            notes.accept("no checkpoint of step %d: %s".formatted(snapshot.done(), e.getMessage()));
        }
    }

    @Override
    public boolean stopping() {
        return file.stopping();
    }

    @Override
    public void close() {
        try {
            lock.close();
            if (Files.notExists(path())) {
                Files.deleteIfExists(folder.resolve(LOCK));
                if (made) {
                    Files.deleteIfExists(folder);
                }
            }
        } catch (IOException e) {
            // The system gives the lock back at the end of the process.
        }
    }
}
