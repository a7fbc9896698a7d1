package org.svgen.hub;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.svgen.files.Reasons;
import org.svgen.tensor.BadInputException;

/** The environment variables of huggingface_hub, read by its rules. */
final class HubVariables {
    private static final Set<String> TRUE = Set.of("1", "ON", "YES", "TRUE");
    private static final Pattern REFERENCE = Pattern.compile("\\$(?:\\{(\\w+)}|(\\w+))");
    private static final Pattern TOKEN = Pattern.compile("[\\x21-\\x7e]+");

    private final Map<String, String> variables;
    private final Path home;

    HubVariables(Map<String, String> variables, Path home) {
        this.variables = variables;
        this.home = home;
    }

    String text(String name, String absent) {
        String value = variables.getOrDefault(name, "").strip();
        return value.isEmpty() ? absent : value;
    }

    boolean flag(String name) {
        return TRUE.contains(text(name, "").toUpperCase(Locale.ROOT));
    }

    Path cache() {
        String older = text("HUGGINGFACE_HUB_CACHE", "");
        return path("HF_HUB_CACHE", older.isEmpty() ? hfHome().resolve("hub") : expand(older));
    }

    private Path hfHome() {
        return path(
                "HF_HOME", path("XDG_CACHE_HOME", home.resolve(".cache")).resolve("huggingface"));
    }

    /** From the variable, else from the file in which {@code hf auth login} leaves it. */
    @Nullable String token() {
        if (flag("HF_HUB_DISABLE_IMPLICIT_TOKEN")) {
            return null;
        }
        String given = text("HF_TOKEN", text("HUGGING_FACE_HUB_TOKEN", ""));
        if (!given.isEmpty()) {
            return checked(given, "HF_TOKEN");
        }
        Path file = path("HF_TOKEN_PATH", hfHome().resolve("token"));
        if (!Files.isRegularFile(file)) {
            return null;
        }
        try {
            // Whatever bytes it holds: a token is ASCII, which is checked.
            String read = Files.readString(file, StandardCharsets.ISO_8859_1).strip();
            return read.isEmpty() ? null : checked(read, file.toString());
        } catch (IOException e) {
            throw new BadInputException(
                    "%s: the token cannot be read: %s".formatted(file, Reasons.of(e)), e);
        }
    }

    private static String checked(String token, String from) {
        if (!TOKEN.matcher(token).matches()) {
            throw new BadInputException(
                    from + ": expected a token, found something with spaces or control characters");
        }
        return token;
    }

    private Path path(String name, Path absent) {
        String text = text(name, "");
        return text.isEmpty() ? absent : expand(text);
    }

    /** {@code ~} and {@code $NAME} replaced, as a shell would. */
    private Path expand(String text) {
        String whole =
                REFERENCE
                        .matcher(text)
                        .replaceAll(m ->
                                Matcher.quoteReplacement(
                                        variables.getOrDefault(
                                                m.group(1) == null ? m.group(2) : m.group(1),
                                                m.group())));
        if (whole.equals("~") || whole.startsWith("~/")) {
            return home.resolve(whole.substring(Math.min(2, whole.length())));
        }
        return Path.of(whole).toAbsolutePath();
    }
}
