package org.svgen.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.svgen.tensor.BadInputException;

/**
 * The words of a command line. Java decodes them by the locale and puts U+FFFD for what that lacks;
 * so they are read again, from where Linux keeps their bytes, as UTF-8.
 */
final class Arguments {
    private static final Path BYTES = Path.of("/proc/self/cmdline");
    private static final char LOST = '\ufffd';

    private Arguments() {}

    /** The encoding of arguments and of names of files, by the locale. */
    static String encoding() {
        return System.getProperty("sun.jnu.encoding", "UTF-8");
    }

    /**
     * {@code decoded} as they were meant.
     *
     * @throws BadInputException if a word is lost
     */
    static String[] of(String... decoded) {
        return of(BYTES, decoded);
    }

    static String[] of(Path commandLine, String... decoded) {
        String[] words = decoded.clone();
        List<byte[]> all = null;
        for (int i = 0; i < words.length; i++) {
            if (words[i].indexOf(LOST) < 0) {
                continue;
            }
            if (all == null) {
                all = read(commandLine);
            }
            int place = all.size() - words.length + i;
            if (place < 0) {
                throw lost(words[i], "hold characters that the locale lacks");
            }
            words[i] = utf8(words[i], all.get(place));
        }
        return words;
    }

    private static String utf8(String decoded, byte[] word) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(word)).toString();
        } catch (CharacterCodingException e) {
            throw lost(decoded, "are not UTF-8");
        }
    }

    private static BadInputException lost(String word, String why) {
        return new BadInputException(
                "'%s': its bytes %s (encoding here: %s); write it in UTF-8 with LC_ALL=C.UTF-8, or a prompt by --prompt-file"
                        .formatted(word, why, encoding()));
    }

    /** Each ends with a zero byte; none where this is no Linux. */
    private static List<byte[]> read(Path commandLine) {
        List<byte[]> words = new ArrayList<>();
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(commandLine);
        } catch (IOException e) {
            return words;
        }
        int start = 0;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == 0) {
                words.add(Arrays.copyOfRange(bytes, start, i));
                start = i + 1;
            }
        }
        return words;
    }
}
