package org.svgen.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AttemptTest {
    private static final String KEY = "k";
    private static final int MOST = 3;

    @TempDir Path folder;
    private OutputFolder output;

    @BeforeEach
    void open() throws IOException {
        output = OutputFolder.of(folder.toString(), new Configuration(false));
        output.make();
    }

    private Attempt begin(int number) throws IOException {
        return Attempt.begin(output, KEY, "app/" + number, number, MOST);
    }

    @Test
    void aVideoThatTakesItsExecutorAlongIsGivenUpBeforeTheJobIs() throws IOException {
        assertThat(begin(0).isHopeless()).isFalse();
        assertThat(begin(1).isHopeless()).isFalse(); // one was lost, another may be
        Attempt third = begin(2);
        assertThat(third.lost()).isEqualTo(2);
        assertThat(third.isHopeless()).isTrue();
    }

    @Test
    void anAttemptThatSaidWhyItFailedIsNoLoss() throws IOException {
        begin(0).close();
        begin(1).close();
        Attempt third = begin(2);
        assertThat(third.lost()).isZero();
        assertThat(third.isHopeless()).isFalse();
        assertThat(third.isLast()).isTrue();
    }

    @Test
    void anotherJobBeginsToCountAgain() throws IOException {
        begin(0);
        begin(1);
        assertThat(begin(0).lost()).isZero();
    }

    @Test
    void nothingIsLeftOfIt() throws IOException {
        begin(0).close();
        output.deleteTemporary("app");
        try (var left = java.nio.file.Files.list(folder.resolve("_svgen"))) {
            assertThat(left).isEmpty();
        }
    }
}
