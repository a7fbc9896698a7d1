package org.svgen.cli.service;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a service measures, as Prometheus reads it.
 *
 * @param lines without comments
 */
record Metrics(List<String> lines) {
    private static final Pattern LINE = Pattern.compile("(\\w+)(?:\\{(.*)})? (\\S+)");

    static Metrics of(Api api) {
        Api.Answer answer = api.get("/metrics");
        if (answer.status() != 200) {
            throw new AssertionError(answer.text());
        }
        return new Metrics(answer.text().lines().filter(line -> !line.startsWith("#")).toList());
    }

    /**
     * {@return the sum of a name's values}
     *
     * @param labels names and values that all of them have
     */
    double value(String name, String... labels) {
        List<String> pairs =
                java.util.stream.IntStream.range(0, labels.length / 2)
                        .mapToObj(i -> "%s=\"%s\"".formatted(labels[2 * i], labels[2 * i + 1]))
                        .toList();
        double sum = 0;
        boolean found = false;
        for (String line : lines) {
            Matcher parts = LINE.matcher(line);
            if (parts.matches() && parts.group(1).equals(name)) {
                List<String> there =
                        parts.group(2) == null
                                ? List.of()
                                : Arrays.asList(parts.group(2).split("(?<=\"),"));
                if (there.containsAll(pairs)) {
                    sum += Double.parseDouble(parts.group(3));
                    found = true;
                }
            }
        }
        if (!found) {
            throw new AssertionError("no %s %s in %s".formatted(name, pairs, lines));
        }
        return sum;
    }
}
