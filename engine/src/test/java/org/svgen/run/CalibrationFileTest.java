package org.svgen.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.svgen.pipeline.Calibration;
import org.svgen.tensor.BadInputException;

class CalibrationFileTest {
    @TempDir Path folder;

    private Path file() {
        return folder.resolve("c.json");
    }

    private String text() {
        return CalibrationFile.text(
                new Calibration(
                        file().toString(),
                        "WanPipeline tiny",
                        "c0ffee",
                        0.9,
                        24,
                        Map.of("steps", 50),
                        List.of(new Calibration.Point(0.1, 30), new Calibration.Point(0.2, 25.5)),
                        Optional.of(new Calibration.Bound(1.25, 0.95))));
    }

    @Test
    void whatWasWrittenIsRead() throws IOException {
        Files.writeString(file(), text());
        Calibration read = CalibrationFile.read(file());
        assertThat(CalibrationFile.text(read)).isEqualTo(text());
        assertThat(read.bound()).contains(new Calibration.Bound(1.25, 0.95));
        assertThat(read.points().getLast()).isEqualTo(new Calibration.Point(0.2, 25.5));
    }

    @ParameterizedTest
    @CsvSource({
        "'\"share\" : 0.9', '\"share\" : 2', a number from 0 to 1",
        "'\"steps\" : 50', '', ''",
        "'25.5', '\"x\"', a list of pairs of numbers",
        "'25.5', '31', falling PSNR",
        "'\"model_hash\"', '\"hash\"', a text",
        "'{', '[', ''",
    })
    void whatIsWrongIsToldInOneLine(String from, String to, String expected) throws IOException {
        String wrong = text().replaceFirst(java.util.regex.Pattern.quote(from), to);
        Files.writeString(file(), wrong);
        if (from.contains("steps")) {
            assertThat(CalibrationFile.read(file()).settings()).isEmpty();
            return;
        }
        assertThatThrownBy(() -> CalibrationFile.read(file()))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("c.json")
                .hasMessageContaining(expected)
                .message()
                .doesNotContain("\n");
    }
}
