package org.svgen.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.net.URI;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.hub.Fixture.Listener;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.SvgenException;

class HttpTest {
    private static final URI HUB = URI.create("https://hub.example/a/b?c");

    @ParameterizedTest
    @CsvSource({
        "d, https://hub.example/a/d",
        "/d, https://hub.example/d",
        "//other.example/d, https://other.example/d",
        "https://other.example/d e|f, https://other.example/d%20e%7Cf",
    })
    void redirectsAreFollowedAsTheyAreMeant(String location, URI target) {
        assertThat(Http.target(HUB, location)).isEqualTo(target);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "http://hub.example/",
                "file:///etc/passwd",
                "ftp://hub.example/",
                "https:///x",
                "https://hub.example:65536/",
                "https://[x/",
                "javascript:x"
            })
    void whatIsNotSafeIsNotFollowed(String location) {
        assertThatThrownBy(() -> Http.target(HUB, location)).isInstanceOf(SvgenException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "https://hub.example/, true",
        "https://HUB.example:443/x, true",
        "http://hub.example/, false",
        "https://hub.example:8443/, false",
        "https://hub.example@evil.example/, false",
        "https://hub.example.evil.example/, false"
    })
    void theTokenGoesToTheSameSchemeHostAndPortOnly(URI other, boolean same) {
        assertThat(Http.sameHost(HUB, other)).isEqualTo(same);
    }

    @Test
    void aSafeConnectionThatBrokeIsTriedAgainAndAWrongOneIsNot() throws InterruptedException {
        Listener listener = new Listener();
        retry(listener, new SSLException("closing inbound before receiving peer's close_notify"));
        IOException reset = new SSLHandshakeException("Remote host terminated the handshake");
        reset.initCause(new EOFException());
        retry(listener, reset);
        assertThat(listener.notes).hasSize(2).allMatch(n -> n.contains("the connection broke"));
        IOException wrong = new SSLHandshakeException("PKIX path building failed");
        wrong.initCause(new CertificateException());
        assertThatThrownBy(() -> retry(listener, wrong))
                .isInstanceOf(BadInputException.class)
                .hasMessage("hub: no safe connection: PKIX path building failed; advice");
    }

    private static void retry(Listener listener, IOException e) throws InterruptedException {
        HubSettings settings =
                Fixture.settings("http://hub", java.nio.file.Path.of(""), null, true, false);
        new Retry(
                        settings,
                        listener,
                        "hub",
                        new Retry.Advice("advice", "advice"),
                        new Retry.Tries(2, 2))
                .after(e);
    }
}
