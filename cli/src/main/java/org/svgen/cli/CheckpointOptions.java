package org.svgen.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a run keeps how far it is, and which it goes on from. */
final class CheckpointOptions {
    @Option(
            names = "--checkpoint",
            paramLabel = "DIR",
            description =
                    "Keep in this folder how far the run is: every ten seconds, after each step that"
                            + " takes longer, and when it is stopped by Ctrl-C or SIGTERM. It goes once"
                            + " the video is written.")
    @Nullable Path checkpoint;

    @Option(
            names = "--resume",
            paramLabel = "DIR",
            description =
                    "Go on with the run that such a folder keeps, by the options that it began with; only"
                            + " --quiet can stand beside it. The video is the same, bit by bit.")
    @Nullable Path resume;
}
