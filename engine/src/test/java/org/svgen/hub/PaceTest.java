package org.svgen.hub;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class PaceTest {
    private static final long SECOND = 1_000_000_000;

    private final Pace pace = new Pace(Patience.USUAL);

    @Test
    void silenceIsBorneForTwentySeconds() {
        assertThatCode(() -> wait(19)).doesNotThrowAnyException();
        assertThatThrownBy(() -> wait(1)).hasMessage("no data for 20 s");
    }

    @Test
    void aByteASecondIsSilenceToo() {
        assertThatThrownBy(
                        () -> {
                            for (int i = 0; i < 100; i++) {
                                pace.came(1);
                                wait(1);
                            }
                        })
                .hasMessage("only 20 bytes in 20 s");
    }

    @Test
    void aBurstDoesNotPayForTheTimeAfterIt() throws StalledException {
        pace.came(1 << 30);
        wait(15);
        pace.came(100);
        wait(15);
        pace.came(100);
        assertThatThrownBy(() -> wait(15)).hasMessageStartingWith("only ");
    }

    @Test
    void aSlowLineIsNoStall() {
        assertThatCode(
                        () -> {
                            for (int i = 0; i < 1000; i++) {
                                pace.came(1100);
                                wait(1);
                            }
                        })
                .doesNotThrowAnyException();
    }

    private void wait(int seconds) throws StalledException {
        for (int i = 0; i < 10 * seconds; i++) {
            pace.waited(SECOND / 10);
        }
    }
}
