package org.svgen.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.svgen.pipeline.PlainJson;
import tools.jackson.databind.ObjectMapper;

class PlainTextTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private String shown(String text, Charset charset) {
        out.reset();
        try (PrintStream stream =
                new PrintStream(new PlainText(out, charset), true, StandardCharsets.UTF_8)) {
            stream.print(text);
        }
        return out.toString(charset);
    }

    @ParameterizedTest
    @CsvSource({
        "001b, escape",
        "0007, bell",
        "0000, zero",
        "007f, delete",
        "0085, next line",
        "009b, control sequence",
        "202e, override",
        "2066, isolate",
        "200f, mark",
        "061c, Arabic mark",
        "2028, line separator",
        "feff, byte order mark",
        "000d, return"
    })
    void whatCommandsATerminalIsShownAndNotObeyed(String hex, String name) {
        char c = (char) Integer.parseInt(hex, 16);
        assertThat(shown("a" + c + "b", StandardCharsets.UTF_8))
                .as(name)
                .isEqualTo("a\\u" + hex + "b");
    }

    @Test
    void wordsOfAnyScriptPassAsTheyAre() {
        for (String text :
                new String[] {
                    "日本の猫 – é\tx\ny\r\n", "שלום عليكم", "👩‍👩‍👧 क्ष می‌خواهم", "plain"
                }) {
            assertThat(shown(text, StandardCharsets.UTF_8)).isEqualTo(text);
        }
    }

    @Test
    void hiddenTagsAboveTheBasicPlaneAreShown() {
        assertThat(shown("a\udb40\udc41", StandardCharsets.UTF_8)).isEqualTo("a\\udb40\\udc41");
    }

    @Test
    void charactersThatTheCharsetLacksAreToldApart() {
        assertThat(shown("Herz wächst – 猫", StandardCharsets.ISO_8859_1))
                .isEqualTo("Herz wächst \\u2013 \\u732b");
    }

    @Test
    void aCharacterMayComeInPieces() throws IOException {
        PlainText plain = new PlainText(out, StandardCharsets.UTF_8);
        for (byte b : "猫\u009b🐈é".getBytes(StandardCharsets.UTF_8)) {
            plain.write(b);
        }
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("猫\\u009b🐈é");
    }

    @Test
    void jsonMeansTheSameAsBefore() {
        Map<String, Object> value = Map.of("a\u009b31m", "\u202eevil\u001b]0;t\u0007 猫\\");
        String shown = shown(PlainJson.compact(value), StandardCharsets.UTF_8);
        assertThat(shown).doesNotContain("\u009b", "\u202e", "\u001b");
        assertThat(new ObjectMapper().readValue(shown, Map.class)).isEqualTo(value);
    }

    @Test
    void aLineStaysOne() {
        assertThat(PlainText.line("a\nsvgen: done\tb")).isEqualTo("a\\u000asvgen: done\\u0009b");
    }

    @Test
    void allThatACommandSaysAndPrintsIsPlainButItsOwnProgressBar() {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Console console = new Console(out, err, true);
        console.out().println("x\u001b[31m");
        console.say("note: \u001b]0;title\u0007\nsvgen: done");
        console.draw("\u009b2J");
        console.err().printf("%s%n", "\u001b");
        assertThat(out.toString(StandardCharsets.UTF_8))
                .isEqualTo("x\\u001b[31m" + System.lineSeparator());
        assertThat(err.toString(StandardCharsets.UTF_8).split("\r\033\\[K"))
                .containsExactly(
                        "",
                        "note: \\u001b]0;title\\u0007\\u000asvgen: done" + System.lineSeparator(),
                        "\\u009b2J\\u001b" + System.lineSeparator());
    }

    @Test
    void aStreamThatTakesNothingIsNotTakenForWritten() {
        Console console =
                new Console(
                        new OutputStream() {
                            @Override
                            public void write(int b) throws IOException {
                                throw new IOException("no space left");
                            }
                        },
                        out,
                        false);
        console.out().println("x");
        assertThat(console.out().checkError()).isTrue();
    }
}
