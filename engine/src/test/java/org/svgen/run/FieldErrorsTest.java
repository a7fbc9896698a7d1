package org.svgen.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.svgen.pipeline.Rules;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Field;
import org.svgen.tensor.Message;

/** Errors say to programs which field is wrong, and to people by whatever name they know it. */
class FieldErrorsTest {
    @Test
    void anErrorNamesFieldExpectedAndFound() {
        BadInputException e = BadInputException.of(Rules.SAMPLED_ROWS.field(), "at least 1", 0);
        assertThat(e.field()).hasValue("sampledRows");
        assertThat(e.expected()).hasValue("at least 1");
        assertThat(e.found()).hasValue("0");
        assertThat(e).hasMessage("sampledRows: expected at least 1, found 0");
        assertThat(e.text(f -> '"' + Field.words(f, "_") + '"'))
                .isEqualTo("\"sampled_rows\": expected at least 1, found 0");
    }

    @Test
    void whatUsersWroteIsNeverTakenForAFieldOrAFormat() {
        BadInputException e =
                BadInputException.of(Rules.DENSE_STEPS.field(), "a count", "%s {steps} --steps");
        assertThat(e.text(f -> "X")).isEqualTo("X: expected a count, found '%s {steps} --steps'");
    }

    @Test
    void aMessageInAMessageHasItsFieldsNamedToo() {
        Message inner = Message.of("%s %d", Rules.WIDTH.field(), 64);
        Message outer = Message.of("%.1f GB; what would fit: %s", 1.5, inner);
        assertThat(outer).hasToString("1.5 GB; what would fit: width 64");
        assertThat(outer.text(f -> "--" + f)).isEqualTo("1.5 GB; what would fit: --width 64");
    }

    @Test
    void sizesThatAModelCannotMakeAreErrorsOfTheirField() {
        assertThatThrownBy(() -> Requests.requireMultiple(Rules.HEIGHT.field(), 70, 16))
                .isInstanceOfSatisfying(
                        BadInputException.class,
                        e -> {
                            assertThat(e.field()).hasValue("height");
                            assertThat(e.expected()).hasValue("a multiple of 16");
                            assertThat(e.found()).hasValue("70");
                            assertThat(e.text(f -> "--" + f))
                                    .isEqualTo(
                                            "--height 70: expected a multiple of 16; the nearest are 64 and 80");
                        });
    }
}
