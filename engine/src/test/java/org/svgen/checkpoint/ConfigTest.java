package org.svgen.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.tensor.BadInputException;

class ConfigTest {
    @TempDir Path folder;

    private Config config(String json) throws IOException {
        return Config.read(Files.writeString(folder.resolve("config.json"), json));
    }

    @Test
    void readsValuesByType() throws IOException {
        Config config =
                config(
                        """
                        {"i": 7, "n": 1e-5, "f": true, "t": "gelu", "l": [1, 2], "d": [0.5, 2],
                         "s": ["a"], "b": [true, false], "nothing": null}
                        """);
        assertThat(config.integer("i")).isEqualTo(7);
        assertThat(config.positive("i")).isEqualTo(7);
        assertThat(config.number("n")).isEqualTo(1e-5);
        assertThat(config.number("i")).isEqualTo(7.0);
        assertThat(config.flag("f")).isTrue();
        assertThat(config.text("t")).isEqualTo("gelu");
        assertThat(config.integers("l")).containsExactly(1, 2);
        assertThat(config.numbers("d")).containsExactly(0.5, 2.0);
        assertThat(config.texts("s")).containsExactly("a");
        assertThat(config.flags("b")).containsExactly(true, false);
    }

    @Test
    void nullCountsAsAbsent() throws IOException {
        Config config = config("{\"a\": null}");
        assertThat(config.has("a")).isFalse();
        assertThat(config.optionalInteger("a")).isEmpty();
        assertThat(config.optionalNumber("a")).isEmpty();
        assertThat(config.optionalText("a")).isEmpty();
        assertThat(config.integer("a", 3)).isEqualTo(3);
        assertThat(config.positive("b", 4)).isEqualTo(4);
        assertThat(config.number("a", 0.5)).isEqualTo(0.5);
        assertThat(config.flag("b", true)).isTrue();
        assertThat(config.text("a", "x")).isEqualTo("x");
        refused("{\"a\": null}", c -> c.text("a"), "\"a\": expected a text, found nothing");
    }

    @Test
    void namesFileKeyExpectedAndFound() throws IOException {
        refused(
                "{\"a\": \"7\"}",
                c -> c.integer("a"),
                "expected a whole number, found the text \"7\"");
        refused("{\"a\": 1.5}", c -> c.integer("a", 1), "expected a whole number, found 1.5");
        refused("{\"a\": 1.0}", c -> c.integer("a"), "expected a whole number, found 1.0");
        refused("{\"a\": 4294967296}", c -> c.integer("a"), "found 4294967296");
        refused("{\"a\": 0}", c -> c.positive("a"), "at least 1, found 0");
        refused("{\"a\": []}", c -> c.number("a"), "expected a number, found a list of 0");
        refused("{\"a\": 1}", c -> c.flag("a"), "expected true or false, found 1");
        refused("{\"a\": [1, \"2\"]}", c -> c.integers("a"), "expected a list of whole numbers");
        refused("{\"a\": {}}", c -> c.texts("a"), "expected a list of texts, found an object");
        refused("{}", c -> c.integers("a"), "found nothing");
    }

    @Test
    void namesTheClassesThatAreKnown() throws IOException {
        assertThat(config("{\"_class_name\": \"A\"}").requireClass("B", "A")).isEqualTo("A");
        assertThat(config("{\"architectures\": [\"T\"]}").requireClass("T")).isEqualTo("T");
        refused(
                "{\"_class_name\": \"Other\"}",
                c -> c.requireClass("A", "B"),
                "unknown class \"Other\", known here: A, B");
        refused("{}", Config::className, "found neither");
    }

    @Test
    void refusesWhatIsNoJsonObject() throws IOException {
        assertThatThrownBy(() -> config("[]"))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("expected a JSON object, found a list of 0");
        assertThatThrownBy(() -> config("{\"a\": "))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("malformed JSON");
        assertThatThrownBy(() -> config("[".repeat(100_000)))
                .isInstanceOf(BadInputException.class)
                .message()
                .hasLineCount(1);
        assertThatThrownBy(() -> config(""))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("config.json");
    }

    private void refused(String json, Consumer<Config> read, String reason) throws IOException {
        Config config = config(json);
        assertThatThrownBy(() -> read.accept(config))
                .isInstanceOf(BadInputException.class)
                .hasMessageStartingWith(folder.resolve("config.json").toString())
                .hasMessageContaining(reason);
    }
}
