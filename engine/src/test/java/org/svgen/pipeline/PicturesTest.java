package org.svgen.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;

class PicturesTest {
    private static final Tensor PICTURE = Tensor.zeros(Arena.ofAuto(), DType.F32, 2, 2, 3);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "REFUSED | REFUSED | none  | -",
                "REFUSED | REFUSED | first | image: this model starts from text alone",
                "REFUSED | REFUSED | last  | lastImage: this model starts from text alone",
                "NEEDED  | REFUSED | none  | image is missing: this model starts from a picture",
                "NEEDED  | REFUSED | first | -",
                "NEEDED  | REFUSED | both  | lastImage: this model takes a first picture alone",
                "ALLOWED | REFUSED | none  | -",
                "ALLOWED | REFUSED | first | -",
                "ALLOWED | REFUSED | last  | lastImage: this model takes a first picture alone",
                "ALLOWED | ALLOWED | last  | image is missing: a last picture goes with a first one",
                "NEEDED  | ALLOWED | last  | image is missing: this model starts from a picture",
                "NEEDED  | ALLOWED | first | -",
                "NEEDED  | ALLOWED | both  | -",
                "NEEDED  | NEEDED  | first | lastImage is missing: this model ends with a picture, too",
                "NEEDED  | NEEDED  | both  | -"
            })
    void whatIsTooManyOrTooFewIsSaidInOneLine(
            Pictures.Use first, Pictures.Use last, String given, @Nullable String message) {
        Content content =
                new Content(
                        "a",
                        "",
                        given.equals("first") || given.equals("both") ? PICTURE : null,
                        given.equals("last") || given.equals("both") ? PICTURE : null);
        String said = null;
        try {
            new Pictures(first, last).require(content);
        } catch (BadInputException e) {
            said = e.getMessage();
        }
        assertThat(said).isEqualTo(message);
    }
}
