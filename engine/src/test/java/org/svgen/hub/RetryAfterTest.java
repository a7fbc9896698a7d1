package org.svgen.hub;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {
    private static final Instant NOW = Instant.parse("2015-10-21T07:28:00Z");

    private static @Nullable Duration of(String... namesAndValues) {
        Map<String, List<String>> headers = new java.util.HashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            headers.put(namesAndValues[i], List.of(namesAndValues[i + 1]));
        }
        return RetryAfter.of(
                new Http.Answer(
                        URI.create("http://hub"),
                        429,
                        HttpHeaders.of(headers, (name, value) -> true),
                        new Body(new Waiting(() -> false, Patience.USUAL, null))),
                NOW);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "7, 7", "007, 7", "300, 300", "999999999, 999999999"})
    void secondsAreTakenAsTheyAre(String text, long seconds) {
        assertThat(of("Retry-After", text)).hasSeconds(seconds);
    }

    @ParameterizedTest
    @ValueSource(strings = {"9999999999", "99999999999999999999999999999999999999"})
    void anyNumberOfDigitsMeansLong(String text) {
        assertThat(of("Retry-After", text)).isGreaterThan(Duration.ofDays(365));
    }

    @Test
    void aDateIsReadByTheServersClockElseByOurs() {
        String then = "Wed, 21 Oct 2015 07:28:30 GMT";
        assertThat(of("Retry-After", then)).hasSeconds(30);
        assertThat(of("Retry-After", then, "Date", "Wed, 21 Oct 2015 07:28:20 GMT")).hasSeconds(10);
        assertThat(of("Retry-After", "Mon, 19 Oct 2015 07:28:00 GMT")).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-5", "1.5", "soon", "Wed, 99 Oct 2015 07:28:00 GMT", "٣"})
    void whatCannotBeUnderstoodIsNothing(String text) {
        assertThat(of("Retry-After", text)).isNull();
    }

    @Test
    void theRateLimitIsReadWhereNothingElseIsSaid() {
        assertThat(of("RateLimit", "\"api\";r=0;t=12")).hasSeconds(12);
        assertThat(of("Retry-After", "3", "RateLimit", "\"api\";r=0;t=12")).hasSeconds(3);
    }
}
