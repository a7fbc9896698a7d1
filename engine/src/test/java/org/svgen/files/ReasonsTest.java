package org.svgen.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;

class ReasonsTest {
    @Test
    void exceptionsThatHaveButANameAreWords() {
        assertThat(Reasons.of(new AccessDeniedException("a"))).isEqualTo("permission denied");
        assertThat(Reasons.of(new FileAlreadyExistsException("a")))
                .isEqualTo("something else is in its place");
        assertThat(Reasons.of(new NoSuchFileException("a")))
                .isEqualTo("there is no such file or folder");
    }

    @Test
    void theSystemsReasonComesWithoutTheName() {
        assertThat(Reasons.of(new FileSystemException("a", null, "Input/output error")))
                .isEqualTo("Input/output error");
    }

    @Test
    void aWrappedExceptionIsTheOneInIt() {
        assertThat(Reasons.of(new UncheckedIOException(new AccessDeniedException("a"))))
                .isEqualTo("permission denied");
    }

    @Test
    void otherWordsAreOneShortLine() {
        assertThat(Reasons.of(new IOException("a\nb\u001bc" + "d".repeat(300))))
                .startsWith("a b cddd")
                .hasSize(203);
    }
}
