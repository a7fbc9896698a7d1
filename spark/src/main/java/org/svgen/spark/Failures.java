package org.svgen.spark;

import org.svgen.tensor.Field;
import org.svgen.tensor.SvgenException;

/** Why something failed, in one line. */
final class Failures {
    private Failures() {}

    static String line(Throwable e) {
        String text =
                switch (e) {
                    case SvgenException own -> own.text(name -> Field.words(name, "_"));
                    case OutOfMemoryError _ ->
                            "the executor's memory is used up: " + e.getMessage();
                    default -> "%s: %s".formatted(e.getClass().getSimpleName(), e.getMessage());
                };
        return text.strip().replaceAll("\\s*\\R\\s*", " ");
    }
}
