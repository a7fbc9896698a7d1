package org.svgen.cli.service;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The manual of the service, for tests that do what it says.
 *
 * @param text of the whole document
 */
record Manual(String text) {
    /** What it calls a service, and stands for a job and a key. */
    private static final Pattern SERVICE = Pattern.compile("http://(127\\.0\\.0\\.1|HOST):8000");

    private static final String JOB = "video_...";
    private static final String KEY = "sk-svgen-...";

    /** A command of several lines ends each but its last with a backslash. */
    private static final Pattern CURL = Pattern.compile("(?m)^    (curl (?:.*\\\\\\n)*.*)$");

    private static final Pattern ROW =
            Pattern.compile("(?m)^\\| (`(?:GET|POST|PATCH|DELETE) .*?) \\|");
    private static final Pattern REQUEST = Pattern.compile("`(GET|POST|PATCH|DELETE) (/[^`]*)`");

    /** A request as the table of the manual has it. */
    record Request(String method, String path) {
        /** With a job in its place. */
        String of(String job) {
            return path.replace("{id}", job);
        }
    }

    static Manual read() {
        try {
            return new Manual(Files.readString(Path.of("../docs/serve.md")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return its commands that call curl, in order} */
    List<String> curls() {
        return CURL.matcher(text).results().map(found -> found.group(1)).toList();
    }

    /** {@return the requests of its table, in order} */
    List<Request> requests() {
        return ROW.matcher(text)
                .results()
                .map(row -> REQUEST.matcher(row.group(1)))
                .flatMap(Matcher::results)
                .map(found -> new Request(found.group(1), found.group(2)))
                .toList();
    }

    /** {@return its program in a language: there is one} */
    String program(String language) {
        Pattern block = Pattern.compile("(?ms)^```" + language + "\\n(.*?)^```$");
        List<MatchResult> found = block.matcher(text).results().toList();
        if (found.size() != 1) {
            throw new AssertionError("%d programs in %s".formatted(found.size(), language));
        }
        return found.getFirst().group(1);
    }

    /** {@return a part of it for a service, a job and a key that are there} */
    static String placed(String part, String service, String job, String key) {
        return SERVICE.matcher(part)
                .replaceAll(Matcher.quoteReplacement(service))
                .replace(JOB, job)
                .replace(KEY, key);
    }
}
