package org.svgen.spark;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ApplicationNewsTest {
    @Test
    void aLostExecutorIsToldInOneLineWithItsReason() {
        assertThat(ApplicationNews.line("2", "Command exited with code 137\nmore"))
                .isEqualTo(
                        "executor 2 is gone (Command exited with code 137: killed, mostly for want of"
                                + " memory); what it was at is done by others, from its checkpoint");
        assertThat(ApplicationNews.line("7", ""))
                .startsWith("executor 7 is gone (no reason was told)");
    }
}
