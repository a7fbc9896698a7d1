package org.svgen.setting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.Field;

class RuleTest {
    private static <T> Rule<T> rule(Values<T> values) {
        return new Rule<>(new Field("howNear"), values);
    }

    private static void takes(Rule<Double> rule, double... values) {
        for (double value : values) {
            assertThat(rule.require(value)).isEqualTo(value);
            assertThat(rule.read(value)).isEqualTo(value);
            assertThat(rule.parse(Double.toString(value))).isEqualTo(value);
        }
    }

    private static void refuses(Rule<Double> rule, double... values) {
        for (double value : values) {
            assertThat(rule.reads(value)).isFalse();
            for (Runnable door :
                    List.<Runnable>of(
                            () -> rule.require(value),
                            () -> rule.read(value),
                            () -> rule.parse(Double.toString(value)))) {
                assertThatThrownBy(door::run)
                        .isInstanceOfSatisfying(
                                BadInputException.class,
                                e -> {
                                    assertThat(e.field()).hasValue("howNear");
                                    assertThat(e.expected()).hasValue(rule.expected());
                                    assertThat(e.found()).hasValue(Double.toString(value));
                                });
            }
        }
    }

    @Test
    void bothEndsOfARangeOfNumbersAreInItUnlessItSaysAbove() {
        Rule<Double> closed = rule(Values.numbers(-1, 0.5));
        assertThat(closed.expected()).isEqualTo("a number from -1 to 0.5");
        takes(closed, -1, 0, 0.5);
        refuses(closed, -1.01, 0.51, Double.NaN, Double.POSITIVE_INFINITY);

        Rule<Double> above = rule(Values.numbersAbove(0, 1));
        assertThat(above.expected()).isEqualTo("a number in (0, 1]");
        takes(above, Double.MIN_VALUE, 1);
        refuses(above, 0, -0.0, 1.01, Double.NaN);

        Rule<Double> endless = rule(Values.numbers(0, Double.POSITIVE_INFINITY));
        assertThat(endless.expected()).isEqualTo("a number of at least 0, or Infinity");
        takes(endless, 0, 1e300, Double.POSITIVE_INFINITY);
        refuses(endless, -1, Double.NaN);
    }

    @Test
    void aNumberMayBeLeftToTheModel() {
        Rule<OptionalDouble> rule = rule(Values.numbersOrAuto(0, 1));
        assertThat(rule.expected()).isEqualTo("a number from 0 to 1, or auto");
        assertThat(rule.read(0.5)).hasValue(0.5);
        assertThat(rule.parse("1")).hasValue(1);
        assertThat(rule.read("auto")).isEmpty();
        assertThat(rule.parse("AUTO")).isEmpty();
        assertThat(rule.values().plain(OptionalDouble.empty())).isEqualTo("auto");
        assertThat(rule.values().plain(OptionalDouble.of(0.5))).isEqualTo(0.5);
        for (Object wrong : List.of(1.5, -1, "0.5", true, "none")) {
            assertThat(rule.reads(wrong)).as("%s", wrong).isFalse();
        }
        assertThatThrownBy(() -> rule.parse("2"))
                .hasMessage("howNear: expected a number from 0 to 1, or auto, found '2'");
    }

    @Test
    void wholeNumbersAreNoFractionsAndNoTexts() {
        Rule<Integer> few = rule(Values.whole(1, 9));
        assertThat(few.expected()).isEqualTo("a whole number from 1 to 9");
        assertThat(few.read(9)).isEqualTo(9);
        assertThat(few.parse("1")).isEqualTo(1);
        assertThat(List.<Object>of(0, 10, 2.0, 2.5, "3", true, 3L)).noneMatch(few::reads);
        assertThatThrownBy(() -> few.parse("2.5"))
                .hasMessage("howNear: expected a whole number from 1 to 9, found '2.5'");
        assertThat(rule(Values.wholeFrom(2)).expected()).isEqualTo("a whole number of at least 2");
    }

    @Test
    void aWholeNumberInAFileIsANumberToo() {
        assertThat(rule(Values.numbers(0, 9)).read(3)).isEqualTo(3.0);
        assertThat(List.<Object>of("3", true)).noneMatch(rule(Values.numbers(0, 9))::reads);
    }

    @Test
    void choicesAreNamedInLettersOfEitherCase() {
        Rule<DType> types = rule(Values.of(List.of(DType.F32, DType.F16, DType.BF16)));
        assertThat(types.expected()).isEqualTo("f32, f16 or bf16");
        assertThat(types.read("BF16")).isEqualTo(DType.BF16);
        assertThat(types.values().plain(DType.F16)).isEqualTo("f16");
        assertThat(List.<Object>of("f8", "", 16, true)).noneMatch(types::reads);
        assertThatThrownBy(() -> types.require(DType.F64))
                .hasMessage("howNear: expected f32, f16 or bf16, found f64");
        assertThat(rule(Values.of(List.of(1, 2, 3, 4))).expected()).isEqualTo("one of 1, 2, 3, 4");
        assertThat(rule(Values.of(List.of(1))).expected()).isEqualTo("1");
    }

    @Test
    void flagsAreTrueOrFalse() {
        Rule<Boolean> flag = rule(Values.flags());
        assertThat(flag.read(true)).isTrue();
        assertThat(flag.parse("False")).isFalse();
        assertThat(List.<Object>of("true", 1)).noneMatch(flag::reads);
        assertThatThrownBy(() -> flag.parse("yes"))
                .hasMessage("howNear: expected true or false, found 'yes'");
    }
}
