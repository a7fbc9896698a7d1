package org.svgen.cli.batch;

import java.nio.file.Path;

/** Is told how far a batch is. */
public interface BatchListener {
    /** {@return whether to stop soon} */
    boolean cancelled();

    /**
     * A line that the user should know.
     *
     * @param line about how the batch is done
     */
    void note(String line);

    /**
     * All was checked.
     *
     * @param videos of the batch
     * @param there how many of them were made before
     */
    void opened(int videos, int there);

    /**
     * How far a video is, every now and then.
     *
     * @param name of the video
     * @param words {@code denoise 3/20}
     */
    void progressed(String name, String words);

    /**
     * A video is done, or could not be made.
     *
     * @param count of those that are settled, this one and earlier calls' included
     * @param videos of the batch
     * @param video what came of it
     */
    void settled(int count, int videos, BatchResult.Video video);

    /**
     * A file is whole.
     *
     * @param file a video or a contact sheet
     */
    void wrote(Path file);
}
