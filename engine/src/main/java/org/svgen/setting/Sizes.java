package org.svgen.setting;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * As many whole numbers as there are axes, each at least 1, as texts such as {@code 6x8x8}; or
 * none: then svgen chooses.
 *
 * @param axes how many numbers
 */
record Sizes(int axes) implements Values<List<Integer>> {
    private static final String AUTO = "auto";
    private static final String TIMES = "x";
    private static final String NUMBER = "[0-9]{1,6}";

    @Override
    public boolean takes(List<Integer> value) {
        return value.isEmpty()
                || value.size() == axes && value.stream().allMatch(size -> size >= 1);
    }

    @Override
    public String expected() {
        return "%d whole numbers from 1 on with %s between them, or %s"
                .formatted(axes, TIMES, AUTO);
    }

    @Override
    public Optional<List<Integer>> read(Object plain) {
        return plain instanceof String text ? parse(text) : Optional.empty();
    }

    @Override
    public Optional<List<Integer>> parse(String text) {
        String lower = text.strip().toLowerCase(Locale.ROOT);
        if (lower.equals(AUTO)) {
            return Optional.of(List.of());
        }
        List<Integer> sizes = new ArrayList<>();
        for (String one : lower.split(TIMES, -1)) {
            if (!one.matches(NUMBER)) {
                return Optional.empty();
            }
            sizes.add(Integer.parseInt(one));
        }
        return Optional.of(List.copyOf(sizes));
    }

    @Override
    public Object plain(List<Integer> value) {
        return value.isEmpty()
                ? AUTO
                : value.stream().map(String::valueOf).collect(Collectors.joining(TIMES));
    }
}
