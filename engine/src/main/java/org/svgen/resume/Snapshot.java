package org.svgen.resume;

import java.nio.file.Path;
import java.util.Map;

/** A run between two steps, valid during {@link Checkpoints#take}. */
public interface Snapshot extends Moment {
    /** {@return what the checkpoint's header will say, but for the notes} */
    CheckpointInfo info();

    /**
     * Writes a checkpoint, in place of what was there: first beside it, with {@code .tmp} behind
     * the name, flushed to the disk, then moved.
     *
     * @param file the checkpoint
     * @param notes for whoever reads it
     * @throws org.svgen.tensor.SvgenException if it cannot be written; a {@link
     *     org.svgen.tensor.BadInputException} if the disk is full or the place takes no files;
     *     then, what was there is there
     */
    void write(Path file, Map<String, String> notes);
}
