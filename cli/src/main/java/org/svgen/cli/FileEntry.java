package org.svgen.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.svgen.models.FileInfo;
import org.svgen.models.FileKind;
import org.svgen.tensor.BadInputException;

/**
 * A single file in a list.
 *
 * @param name by which options find it
 * @param kind what it is for
 * @param option by which it is given; null if it is of no use
 * @param what it is
 * @param format null where it cannot be read
 * @param precision what its numbers are stored in; null where it cannot be read
 * @param problem why it cannot be used; null if it can
 */
record FileEntry(
        String name,
        String file,
        FileKind kind,
        @Nullable String option,
        String what,
        @Nullable String format,
        @Nullable String precision,
        long bytes,
        @Nullable String problem) {
    /** Reads the file's header. */
    static FileEntry of(String name, Path file) {
        try {
            FileInfo info = FileInfo.of(file);
            return new FileEntry(
                    name,
                    file.toString(),
                    info.told().kind(),
                    option(info),
                    FileText.what(info),
                    info.header().format(),
                    info.header().precision().words(),
                    info.header().bytes(),
                    info.told().problem().map(OptionNames::message).orElse(null));
        } catch (BadInputException e) {
            return new FileEntry(
                    name,
                    file.toString(),
                    FileKind.OTHER,
                    null,
                    "no model that can be read",
                    null,
                    null,
                    file.toFile().length(),
                    OptionNames.message(e));
        }
    }

    private static @Nullable String option(FileInfo info) {
        return info.told().kind().field().map(field -> OptionNames.of(field.name())).orElse(null);
    }

    String text() {
        StringBuilder text = new StringBuilder("%s  %s".formatted(name, what));
        if (precision != null) {
            text.append(", ").append(precision);
        }
        text.append(", ").append(Text.bytes(bytes));
        if (problem != null) {
            return text.append("%n    cannot be used: %s".formatted(problem)).toString();
        }
        return option == null ? text.toString() : text.append("; " + option).toString();
    }
}
