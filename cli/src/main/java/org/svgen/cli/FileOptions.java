package org.svgen.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.OtherLayout;
import org.svgen.models.SingleFiles;
import org.svgen.tensor.BadInputException;
import picocli.CommandLine.Option;

/** Where the parts of a model are that is given as a single file. */
final class FileOptions {
    @Option(
            names = "--model-2",
            paramLabel = "FILE",
            description =
                    "The transformer for little noise, of models with two (Wan 2.2 A14B); --model is"
                            + " the one for much noise then.")
    @Nullable Path model2;

    @Option(
            names = "--vae",
            paramLabel = "FILE|DIR",
            description =
                    "The autoencoder of a model in a single file: a file, or the folder of a component.")
    @Nullable Path vae;

    @Option(
            names = "--text-encoder",
            paramLabel = "FILE|DIR",
            description =
                    "A text encoder of a model in a single file; may be given twice where a model has"
                            + " two.")
    List<Path> textEncoders = new ArrayList<>();

    @Option(
            names = "--base",
            paramLabel = "DIR|ORG/NAME",
            description =
                    "Where all that a single file lacks comes from: a model of the same kind in"
                            + " diffusers' layout. Default: its makers' on the hub.")
    @Nullable String base;

    /**
     * What a single file and those beside it hold; null if the model is none.
     *
     * @throws BadInputException if it is one and cannot be read, or parts are given to none
     */
    @Nullable SingleFiles found(String model) {
        if (!OtherLayout.isWeights(model) || !Files.isRegularFile(Path.of(model))) {
            requireNothing(model);
            return null;
        }
        return SingleFiles.of(
                new SingleFiles.Given(
                        Path.of(model),
                        Optional.ofNullable(model2),
                        Optional.ofNullable(vae),
                        textEncoders));
    }

    private void requireNothing(String model) {
        String given =
                model2 != null
                        ? "--model-2"
                        : vae != null
                                ? "--vae"
                                : !textEncoders.isEmpty()
                                        ? "--text-encoder"
                                        : base != null ? "--base" : "";
        if (!given.isEmpty()) {
            throw new BadInputException(
                    "%s: expected --model with a single file, found --model %s"
                            .formatted(given, model));
        }
    }
}
