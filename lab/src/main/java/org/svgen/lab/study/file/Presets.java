package org.svgen.lab.study.file;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.svgen.checkpoint.NearestName;
import org.svgen.checkpoint.Untrusted;
import org.svgen.lab.study.Study;
import org.svgen.tensor.BadInputException;

/** Studies that come with svgen. */
public final class Presets {
    private static final List<String> NAMES =
            List.of(
                    "quick",
                    "paper",
                    "methods",
                    "stack",
                    "demo",
                    "budgets",
                    "eight-bits",
                    "calibrate");
    private static final int MOST_TYPOS = 3;

    private Presets() {}

    /** {@return their names} */
    public static List<String> names() {
        return NAMES;
    }

    /**
     * {@return a preset as a study file, with its comments}
     *
     * @param name of the preset
     * @throws BadInputException if there is none of that name
     */
    public static String text(String name) {
        Objects.requireNonNull(name, "name");
        if (!NAMES.contains(name)) {
            throw new BadInputException(
                    "unknown preset '%s'; %s"
                            .formatted(
                                    Untrusted.oneLine(name),
                                    NearestName.of(name, NAMES, MOST_TYPOS)
                                            .map("did you mean %s?"::formatted)
                                            .orElse("there are " + String.join(", ", NAMES))));
        }
        try (InputStream in =
                Objects.requireNonNull(
                        Presets.class.getResourceAsStream("presets/" + name + ".yaml"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * {@return a preset}
     *
     * @param name of the preset
     * @throws BadInputException if there is none of that name
     */
    public static Study study(String name) {
        Objects.requireNonNull(name, "name");
        return StudyFile.parse(name + ".yaml", text(name), Path.of(""));
    }
}
