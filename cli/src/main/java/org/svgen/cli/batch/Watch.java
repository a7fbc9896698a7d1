package org.svgen.cli.batch;

/** What a maker of videos tells. */
interface Watch {
    /** Whether to stop soon. */
    boolean cancelled();

    /** A line that the user should know. */
    void note(String line);

    /** A server has accepted a video. */
    void sent(PlannedVideo video, String id);

    /** How far a video is. */
    void progressed(PlannedVideo video, String words);

    /** A video lies in its file. */
    void made(PlannedVideo video, double seconds);

    /** A video could not be made. */
    void failed(PlannedVideo video, String reason);
}
