package org.svgen.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
                         "s": ["a"], "nothing": null}
                        """);
        assertThat(config.positive("i")).isEqualTo(7);
        assertThat(config.number("n")).isEqualTo(1e-5);
        assertThat(config.number("i")).isEqualTo(7.0);
        assertThat(config.flag("f")).isTrue();
        assertThat(config.text("t")).isEqualTo("gelu");
        assertThat(config.integers("l")).containsExactly(1, 2);
        assertThat(config.numbersIn("d", 0, 2)).containsExactly(0.5, 2.0);
        assertThat(config.texts("s")).containsExactly("a");
    }

    @Test
    void numbersThatOnlyPythonsJsonHasAreReadAndRefusedWhereTheyAreUsed() throws IOException {
        String json = "{\"a\": -Infinity, \"b\": Infinity, \"c\": NaN, \"d\": [NaN], \"e\": 7}";
        assertThat(config(json).positive("e")).isEqualTo(7);
        refused(
                json,
                c -> c.numberIn("a", -1, 1),
                "\"a\": expected a number from -1 to 1, found -Inf");
        refused(json, c -> c.scale("b", 1), "found Infinity");
        refused(json, c -> c.epsilon("c", 1), "\"c\": expected a number from 0 to 1, found NaN");
        refused(json, c -> c.positive("c"), "expected a whole number from 1 to 1048576, found NaN");
        refused(json, c -> c.numbersIn("d", 0, 1), "\"d\": expected a list of numbers");
    }

    @Test
    void nullCountsAsAbsent() throws IOException {
        Config config = config("{\"a\": null}");
        assertThat(config.has("a")).isFalse();
        assertThat(config.optionalPositive("a")).isEmpty();
        assertThat(config.optionalText("a")).isEmpty();
        assertThat(config.intIn("a", 0, 9, 3)).isEqualTo(3);
        assertThat(config.positive("b", 4)).isEqualTo(4);
        assertThat(config.numberIn("a", 0, 1, 0.5)).isEqualTo(0.5);
        assertThat(config.flag("b", true)).isTrue();
        assertThat(config.text("a", "x")).isEqualTo("x");
        refused("{\"a\": null}", c -> c.text("a"), "\"a\": expected a text, found nothing");
    }

    @Test
    void namesFileKeyExpectedAndFound() throws IOException {
        refused(
                "{\"a\": \"7\"}",
                c -> c.intIn("a", 0, 9),
                "expected a whole number from 0 to 9, found the text \"7\"");
        refused(
                "{\"a\": 1.5}",
                c -> c.intIn("a", 0, 9),
                "expected a whole number from 0 to 9, found 1.5");
        refused(
                "{\"a\": 1.0}",
                c -> c.intIn("a", 0, 9),
                "expected a whole number from 0 to 9, found 1.0");
        refused("{\"a\": 4294967296}", c -> c.intIn("a", 0, 9), "found 4294967296");
        refused("{\"a\": 0}", c -> c.positive("a"), "from 1 to 1048576, found 0");
        refused("{\"a\": []}", c -> c.number("a"), "expected a number, found the list []");
        refused("{\"a\": 1}", c -> c.flag("a"), "expected true or false, found 1");
        refused("{\"a\": [1, \"2\"]}", c -> c.integers("a"), "expected a list of whole numbers");
        refused("{\"a\": {}}", c -> c.texts("a"), "expected a list of texts, found an object");
        refused("{}", c -> c.integers("a"), "found nothing");
    }

    @Test
    void refusesNumbersOutOfTheirRange() throws IOException {
        refused(
                "{\"a\": 2147483647}",
                c -> c.positive("a"),
                "expected a whole number from 1 to 1048576, found 2147483647");
        refused("{\"a\": -1}", c -> c.layers("a", 3), "from 1 to 10000, found -1");
        refused("{\"a\": 5}", c -> c.intIn("a", 0, 4), "from 0 to 4, found 5");
        refused("{\"a\": 7}", c -> c.numberIn("a", 0.5, 1), "a number from 0.5 to 1, found 7");
        refused("{\"a\": 1e400}", c -> c.numberIn("a", 0, 1), "from 0 to 1, found Infinity");
        refused("{\"a\": 0}", c -> c.scale("a", 1), "found 0");
        refused("{\"a\": [1, -1]}", c -> c.numbersIn("a", 0, 1), "found the list [1,-1]");
        refused(
                "{\"a\": 3}",
                c -> c.requireWidth("a", 1 << 20, 1 << 20),
                "\"a\": expected at most 1 heads of dimension 1048576, found 3");
        assertThat(config("{\"a\": 4}").intIn("a", 0, 4)).isEqualTo(4);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    {"a": 1,}         | line 1, column 9: Unexpected character '}': was expecting double-quote to start property name
                    {"a": 1;  "b": 2} | line 1, column 8: Unexpected character ';': was expecting comma to separate Object entries
                    {"a": foo}        | line 1, column 7: Unrecognized token 'foo'
                    {"a":             | line 1, column 6: it ends too early
                    """)
    void saysWhereAndWhyJsonIsMalformed(String json, String reason) {
        assertThatThrownBy(() -> config(json))
                .isInstanceOf(BadInputException.class)
                .hasMessage(folder.resolve("config.json") + ": malformed JSON in " + reason);
    }

    @Test
    void namesTheClassesThatAreKnown() throws IOException {
        assertThat(config("{\"_class_name\": \"A\"}").requireClass(List.of("B", "A")))
                .isEqualTo("A");
        assertThat(config("{\"architectures\": [\"T\"]}").requireClass(List.of("T")))
                .isEqualTo("T");
        refused(
                "{\"_class_name\": \"Other\"}",
                c -> c.requireClass(List.of("A", "B")),
                "unknown class \"Other\", known here: A, B");
        refused("{}", Config::className, "found neither");
    }

    @Test
    void refusesWhatIsNoJsonObject() throws IOException {
        assertThatThrownBy(() -> config("[]"))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("expected a JSON object, found the list []");
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
