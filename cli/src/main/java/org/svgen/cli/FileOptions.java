package org.svgen.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.svgen.models.GivenModel;
import picocli.CommandLine.Option;

/** Where the parts of a model are that is given as a single file. */
final class FileOptions {
    @Option(
            names = "--model-2",
            paramLabel = "FILE",
            description =
                    "The transformer for little noise, of models with two (Wan 2.2 A14B); --model is"
                            + " the one for much noise then.")
    @Nullable String model2;

    @Option(
            names = "--vae",
            paramLabel = "FILE|DIR",
            description =
                    "The autoencoder of a model in a single file: a file, or the folder of a component.")
    @Nullable String vae;

    @Option(
            names = "--text-encoder",
            paramLabel = "FILE|DIR",
            description =
                    "A text encoder of a model in a single file; may be given twice where a model has"
                            + " two.")
    List<String> textEncoders = new ArrayList<>();

    @Option(
            names = "--image-encoder",
            paramLabel = "FILE|DIR",
            description =
                    "What sees the first frame for a model in a single file (Wan 2.1 image to video),"
                            + " such as clip_vision_h.safetensors.")
    @Nullable String imageEncoder;

    @Option(
            names = "--base",
            paramLabel = "DIR|ORG/NAME",
            description =
                    "Where all that a single file lacks comes from: a model of the same kind in"
                            + " diffusers' layout. Default: its makers' on the hub.")
    @Nullable String base;

    /** Adds what was given to a command that somebody may type. */
    void addTo(ShellCommand command) {
        command.option("--model-2", model2).option("--vae", vae);
        textEncoders.forEach(words -> command.option("--text-encoder", words));
        command.option("--image-encoder", imageEncoder).option("--base", base);
    }

    GivenModel.Parts parts() {
        return new GivenModel.Parts(
                Optional.ofNullable(model2),
                Optional.ofNullable(vae),
                textEncoders,
                Optional.ofNullable(imageEncoder),
                Optional.ofNullable(base));
    }
}
