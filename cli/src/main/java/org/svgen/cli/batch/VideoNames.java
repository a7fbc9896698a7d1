package org.svgen.cli.batch;

import java.util.function.UnaryOperator;
import org.svgen.tensor.Field;

/** Names of a batch's videos: readable, and the same when rows move or others come. */
final class VideoNames {
    private static final int KEY_LETTERS = 8;
    private static final int LONGEST = 120;

    private final UnaryOperator<String> slug;

    /**
     * @param slug makes words for a file name of a prompt
     */
    VideoNames(UnaryOperator<String> slug) {
        this.slug = slug;
    }

    /** {@code red-circle-moves-right-seed-3-1f2e3d4c}, or {@code NAME-seed-3} of the row's NAME. */
    String of(BatchTask task, String key) {
        String begin = row(task) + variant(task);
        if (task.output().isPresent()) {
            return begin;
        }
        String cut = begin.substring(0, Math.min(LONGEST, begin.length()));
        return "%s%s%s".formatted(cut, cut.isEmpty() ? "" : "-", key.substring(0, KEY_LETTERS));
    }

    /** What the videos of a row have in common. */
    String row(BatchTask task) {
        return task.output().orElseGet(() -> slug.apply(task.prompt()));
    }

    private String variant(BatchTask task) {
        StringBuilder text = new StringBuilder();
        task.varied()
                .forEach((name, value) ->
                        text.append('-')
                                .append(Field.words(name, "-"))
                                .append('-')
                                .append(slug(value)));
        return text.toString();
    }

    private String slug(Object value) {
        String text = value.toString();
        return text.matches("[-+.\\w]{1,20}") ? text : slug.apply(text);
    }
}
