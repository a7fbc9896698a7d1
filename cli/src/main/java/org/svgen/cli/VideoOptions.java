package org.svgen.cli;

import org.jspecify.annotations.Nullable;
import org.svgen.pipeline.Rules;
import picocli.CommandLine.Option;

/** How large and how long the video is; null leaves it to the model. */
final class VideoOptions {
    @Option(
            names = "--width",
            paramLabel = "PIXELS",
            description = "Width of the video. Default: the model's own.")
    @Nullable Integer width;

    @Option(
            names = "--height",
            paramLabel = "PIXELS",
            description = "Height of the video. Default: the model's own.")
    @Nullable Integer height;

    @Option(
            names = "--frames",
            paramLabel = "N",
            description = "Number of video frames. Default: the model's own.")
    @Nullable Integer frames;

    @Option(
            names = "--fps",
            paramLabel = "RATE",
            description =
                    "Frames per second at which the video plays; no influence on its content."
                            + " Default: the model's own.")
    @Nullable Double fps;

    void addTo(Given given) {
        given.add(Rules.WIDTH, width);
        given.add(Rules.HEIGHT, height);
        given.add(Rules.FRAMES, frames);
        given.add(Rules.FPS, fps);
    }
}
