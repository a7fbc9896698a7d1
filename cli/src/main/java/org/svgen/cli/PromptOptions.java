package org.svgen.cli;

import java.io.InputStream;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.BadInputException;
import picocli.CommandLine.Option;

/** What the video shows. */
final class PromptOptions {
    @Option(
            names = "--prompt-file",
            paramLabel = "FILE",
            description =
                    "Read the prompt from FILE instead, text in UTF-8 or with a byte order mark; -"
                            + " reads standard input.")
    @Nullable String promptFile;

    @Option(
            names = "--negative-prompt",
            paramLabel = "TEXT",
            defaultValue = "",
            description =
                    "What guidance leads away from; not used by HunyuanVideo. Default: nothing in"
                            + " particular.")
    String negativePrompt = "";

    @Option(
            names = "--image",
            paramLabel = "FILE",
            description =
                    "The first frame (PNG, JPEG, WebP, TIFF, GIF or BMP), for models that start from a picture. It is"
                            + " scaled to the video's size.")
    @Nullable Path image;

    @Option(
            names = "--last-image",
            paramLabel = "FILE",
            description =
                    "The last frame, for models that go from a first frame to a last one (Wan).")
    @Nullable Path lastImage;

    String negativePrompt() {
        return PromptFile.plain(negativePrompt);
    }

    /**
     * The prompt, from wherever it was given.
     *
     * @throws BadInputException if it was given twice, not at all, or cannot be read
     */
    String prompt(@Nullable String argument, InputStream stdin) {
        if (argument != null && promptFile != null) {
            throw new BadInputException("give the prompt once: as PROMPT or by --prompt-file");
        }
        if (argument != null) {
            return PromptFile.plain(argument);
        }
        if (promptFile == null) {
            throw new BadInputException(
                    "the prompt is missing, for example: svgen generate \"a red circle moves right\"");
        }
        return PromptFile.read(promptFile, stdin);
    }
}
