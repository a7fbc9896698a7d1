package org.svgen.cli;

import org.svgen.tensor.Field;
import org.svgen.tensor.SvgenException;
import picocli.CommandLine.Model.CommandSpec;

/** How the command line calls what the library calls fields: {@code --sampled-rows}. */
final class OptionNames {
    private OptionNames() {}

    /** The option that sets {@code field}. */
    static String of(String field) {
        return "--" + Field.words(field, "-");
    }

    /** The message of {@code e}, which says to a user of {@code generate} what to change. */
    static String message(SvgenException e) {
        return e.text(OptionNames::of);
    }

    /** The same to a user of {@code command}, where fields without an option are plain words. */
    static String message(SvgenException e, CommandSpec command) {
        return e.text(field -> {
            String option = of(field);
            return command.findOption(option) == null ? Field.words(field, " ") : option;
        });
    }
}
