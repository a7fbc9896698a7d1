package org.svgen.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.svgen.tensor.BadInputException;

/** A prompt that is not on the command line. */
final class PromptFile {
    private static final int MOST_BYTES = 1 << 20;

    private PromptFile() {}

    /**
     * The text, without space around it.
     *
     * @param name a file, or {@code -} for {@code stdin}
     * @throws BadInputException if there is no text, or something else
     */
    static String read(String name, InputStream stdin) {
        byte[] bytes = bytes(name, stdin);
        if (bytes.length > MOST_BYTES) {
            throw wrong(name, "expected a prompt, found more than 1 MiB");
        }
        String text = text(name, bytes);
        if (text.indexOf('\0') >= 0) {
            throw wrong(name, "expected text in UTF-8, found a zero byte");
        }
        if (text.isBlank()) {
            throw wrong(name, "expected a prompt, found nothing");
        }
        return text.strip();
    }

    private static byte[] bytes(String name, InputStream stdin) {
        Path path = Path.of(name);
        if (name.isEmpty()) {
            throw wrong(name, "expected the name of a file, or -");
        }
        if (!name.equals("-") && Files.isDirectory(path)) {
            throw wrong(name, "expected a file, found a folder");
        }
        try {
            if (name.equals("-")) {
                return stdin.readNBytes(MOST_BYTES + 1);
            }
            try (InputStream file = Files.newInputStream(path)) {
                return file.readNBytes(MOST_BYTES + 1);
            }
        } catch (NoSuchFileException e) {
            throw wrong(name, "no such file", e);
        } catch (AccessDeniedException e) {
            throw wrong(name, "permission denied", e);
        } catch (IOException e) {
            throw wrong(name, "cannot be read: " + e.getMessage(), e);
        }
    }

    private static String text(String name, byte[] bytes) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw wrong(name, "expected text in UTF-8, found other bytes", e);
        }
    }

    private static BadInputException wrong(String name, String how) {
        return new BadInputException("--prompt-file %s: %s".formatted(name, how));
    }

    private static BadInputException wrong(String name, String how, IOException e) {
        return new BadInputException("--prompt-file %s: %s".formatted(name, how), e);
    }
}
