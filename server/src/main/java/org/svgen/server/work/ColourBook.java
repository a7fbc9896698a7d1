package org.svgen.server.work;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.svgen.files.Staged;
import org.svgen.pipeline.Result;
import org.svgen.tensor.SvgenException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * How previews of one model get their colours: learned from the first videos that its decoder
 * makes, and kept in a file with the model's hash. A model may bring such a file, so that its first
 * video has previews, too. Thread-safe.
 */
final class ColourBook {
    /** The file's name, in the folder of a model and where a service keeps its own. */
    static final String FILE = "colours.json";

    private static final int ENOUGH_VIDEOS = 16;
    private static final JsonMapper JSON = new JsonMapper();

    /** A file: the fit and of which model it is. */
    private record Page(String modelHash, ColourFit fit) {
        Page {
            Objects.requireNonNull(modelHash, "modelHash");
            Objects.requireNonNull(fit, "fit");
        }
    }

    private final Path file;
    private @Nullable Page page;
    private @Nullable Colours colours;

    /**
     * @param file of what is learned; one that cannot be read counts as none
     * @param brought by the model; used until something is learned
     */
    ColourBook(Path file, Path brought) {
        this.file = file;
        read(file).or(() -> read(brought)).ifPresent(this::turnTo);
    }

    private static Optional<Page> read(Path file) {
        try {
            return Optional.of(JSON.readValue(Files.readString(file), Page.class));
        } catch (IOException | JacksonException e) {
            return Optional.empty();
        }
    }

    /** What is known so far. */
    synchronized Optional<Colours> colours() {
        return Optional.ofNullable(colours);
    }

    /** A video was decoded. What was learned of another model by the same name is forgotten. */
    synchronized void learn(Result result) {
        String hash = result.report().modelHash();
        Page known = page != null && page.modelHash.equals(hash) ? page : null;
        if (known != null && known.fit.videos() >= ENOUGH_VIDEOS) {
            return;
        }
        Optional<ColourFit> before =
                known != null
                        ? Optional.of(known.fit)
                        : LatentShape.of(result.latents(), result.clip().count())
                                .map(ColourFit::none);
        before.flatMap(fit -> fit.plus(result.latents(), result.clip()))
                .ifPresent(fit -> keep(new Page(hash, fit)));
    }

    private void keep(Page learned) {
        turnTo(learned);
        try {
            Files.createDirectories(file.resolveSibling("."));
            byte[] bytes = JSON.writeValueAsBytes(learned);
            Staged.write(file, temporary -> Files.write(temporary, bytes));
        } catch (IOException | SvgenException e) {
            // The disk may be full; the next video teaches the same.
        }
    }

    private void turnTo(Page newPage) {
        page = newPage;
        colours = new Colours(newPage.fit.channelsFirst(), newPage.fit.solved());
    }
}
