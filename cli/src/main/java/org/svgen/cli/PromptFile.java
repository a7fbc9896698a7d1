package org.svgen.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.svgen.tensor.BadInputException;

/** A prompt that is not on the command line. */
final class PromptFile {
    private static final int MOST_BYTES = 1 << 20;

    private static final String MARK = "\ufeff";

    /** Those that begin with a mark of their own, the longer marks first. */
    private static final List<Charset> MARKED =
            List.of(
                    Charset.forName("UTF-32LE"),
                    Charset.forName("UTF-32BE"),
                    StandardCharsets.UTF_16LE,
                    StandardCharsets.UTF_16BE);

    private PromptFile() {}

    /**
     * The words as any editor of any system would have saved them: no byte order mark, lines that
     * end with a line feed.
     */
    static String plain(String text) {
        String words = text.startsWith(MARK) ? text.substring(MARK.length()) : text;
        return words.replace("\r\n", "\n").replace('\r', '\n');
    }

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
        String text = plain(text(name, bytes));
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
        Charset charset =
                MARKED.stream()
                        .filter(c -> begins(bytes, MARK.getBytes(c)))
                        .findFirst()
                        .orElse(StandardCharsets.UTF_8);
        try {
            return charset.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw wrong(name, "expected text in UTF-8, found other bytes", e);
        }
    }

    private static boolean begins(byte[] bytes, byte[] mark) {
        return bytes.length >= mark.length
                && Arrays.equals(bytes, 0, mark.length, mark, 0, mark.length);
    }

    private static BadInputException wrong(String name, String how) {
        return new BadInputException("--prompt-file %s: %s".formatted(name, how));
    }

    private static BadInputException wrong(String name, String how, IOException e) {
        return new BadInputException("--prompt-file %s: %s".formatted(name, how), e);
    }
}
