package org.svgen.bench;

import java.io.PrintStream;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Where measurements go.
 *
 * @param out takes what was measured
 * @param notes takes what people should know meanwhile, a line each
 * @param toJson turns records into JSON
 */
record Output(PrintStream out, Consumer<String> notes, Function<Object, String> toJson) {
    /** Prints {@code outcome}: {@code text}, or all of it as JSON where that was asked for. */
    void print(JsonOption json, Object outcome, List<String> text) {
        if (json.json) {
            out.println(toJson.apply(outcome));
        } else {
            text.forEach(out::println);
        }
    }
}
