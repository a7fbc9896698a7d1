package org.svgen.server.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    private static Problem refused(String body) {
        return catchThrowableOfType(
                        Refusal.class, () -> Json.object(body.getBytes(StandardCharsets.UTF_8)))
                .problem();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "null",
                "1",
                "[]",
                "\"text\"",
                "{",
                "{}{}",
                "{\"a\":}",
                "{'a':1}",
                "{\"a\":NaN}",
                "{\"a\":1,\"a\":2}",
                "\u0000",
                "prompt=x"
            })
    void refusesWhatIsNotOneObject(String body) {
        Problem problem = refused(body);

        assertThat(problem.status()).isEqualTo(400);
        assertThat(problem.code()).isEqualTo("invalid_body");
    }

    @Test
    void refusesWhatIsNestedTooDeep() {
        String nested = "{\"a\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}";
        assertThat(refused(nested).code()).isEqualTo("invalid_body");
        assertThat(refused("{\"a\":" + "[".repeat(64) + "]".repeat(64) + "}").message())
                .contains("at most 64 levels");
        assertThat(
                        Json.object(
                                ("{\"a\":" + "[".repeat(63) + "]".repeat(63) + "}")
                                        .getBytes(StandardCharsets.UTF_8)))
                .containsKey("a");
    }

    @Test
    void refusesTooManyValues() {
        assertThat(refused("{\"a\":[" + "1,".repeat(20_000) + "1]}").code())
                .isEqualTo("invalid_body");
    }

    @Test
    void doesNotRepeatTheBody() {
        assertThat(refused("{\"prompt\": secret words}").message())
                .isEqualTo("the body is not JSON: line 1, column 12");
    }

    @Test
    void takesNullForNothing() {
        assertThat(Json.object("{\"a\":null,\"b\":1}".getBytes(StandardCharsets.UTF_8)))
                .containsOnlyKeys("b");
    }
}
