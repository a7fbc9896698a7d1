package org.svgen.tensor.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TurnstileTest {
    /** An interruption right after the question whether to stop is an answer to it all the same. */
    @Test
    void anInterruptionBetweenTwoQuestionsEndsTheWaitAsTheQuestionSays() throws Exception {
        Turnstile turnstile = new Turnstile("a thing");
        CountDownLatch in = new CountDownLatch(1);
        CountDownLatch out = new CountDownLatch(1);
        Thread other =
                new Thread(() -> {
                    try (var lease = turnstile.enter(() -> {})) {
                        assertThat(lease).isNotNull();
                        in.countDown();
                        out.await(10, TimeUnit.SECONDS);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
        other.start();
        assertThat(in.await(10, TimeUnit.SECONDS)).isTrue();
        try {
            assertThatThrownBy(() -> turnstile.enter(TurnstileTest::interruptedAfterwards))
                    .isInstanceOf(CancellationException.class);
        } finally {
            Thread.interrupted();
            out.countDown();
            other.join();
        }
    }

    private static void interruptedAfterwards() {
        if (Thread.currentThread().isInterrupted()) {
            throw new CancellationException();
        }
        Thread.currentThread().interrupt();
    }
}
