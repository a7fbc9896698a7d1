package org.svgen.server.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class LowPriorityTest {
    private static final Path STATUS = Path.of("/proc/thread-self/stat");

    /** Of the calling thread: the 19th field of its status, 16 behind its name. */
    private static int nice() {
        try {
            String status = Files.readString(STATUS);
            return Integer.parseInt(status.substring(status.lastIndexOf(')') + 2).split(" ")[16]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void theThreadAndThoseThatItStartsGiveWayAndNoOthers() throws InterruptedException {
        assumeThat(STATUS).exists();
        int before = nice();
        assumeThat(before).as("priority can be lowered, not raised").isLessThanOrEqualTo(10);
        List<Integer> seen = new CopyOnWriteArrayList<>();
        Thread thread =
                Thread.ofPlatform()
                        .start(() -> {
                            assertThat(LowPriority.take()).isTrue();
                            seen.add(nice());
                            Thread child = Thread.ofPlatform().start(() -> seen.add(nice()));
                            try {
                                child.join();
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                        });
        thread.join();
        assertThat(seen).containsExactly(10, 10);
        assertThat(nice()).isEqualTo(before);
    }
}
