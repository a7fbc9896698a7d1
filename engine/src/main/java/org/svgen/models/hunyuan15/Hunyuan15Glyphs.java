package org.svgen.models.hunyuan15;

import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The texts that a video is to show: what a prompt has in straight or in curly quotation marks
 * (diffusers: {@code extract_glyph_texts}).
 */
final class Hunyuan15Glyphs {
    /** What ByT5 takes of them at most, with what closes them. */
    static final int TOKENS = 256;

    private static final Pattern QUOTED = Pattern.compile("\"([^\n]*?)\"|\u201c([^\n]*?)\u201d");

    private Hunyuan15Glyphs() {}

    /** What ByT5 is told of {@code prompt}, each text once; nothing where nothing is quoted. */
    static Optional<String> of(String prompt) {
        Set<String> texts = new LinkedHashSet<>();
        Matcher matcher = QUOTED.matcher(prompt);
        while (matcher.find()) {
            texts.add(matcher.group(1) == null ? matcher.group(2) : matcher.group(1));
        }
        return texts.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        texts.stream()
                                .map("Text \"%s\". "::formatted)
                                .collect(Collectors.joining()));
    }
}
