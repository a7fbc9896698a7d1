package org.svgen.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Takes text in UTF-8 and gives it on in the terminal's charset, harmless: characters that would
 * command a terminal or reorder what it shows come as {@code \\u001b}, and so do those that the
 * charset lacks. JSON means the same by that, so it may pass too.
 */
final class PlainText extends OutputStream {
    private static final int SPACE = 0x20;
    private static final int DELETE = 0x7f;

    private final OutputStream to;
    private final Charset charset;
    private final CharsetEncoder encoder;
    private final CharsetDecoder decoder =
            StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPLACE)
                    .onUnmappableCharacter(CodingErrorAction.REPLACE);
    private byte[] begun = {}; // of a character whose other bytes are still to come

    PlainText(OutputStream to, Charset charset) {
        this.to = to;
        this.charset = charset;
        this.encoder = charset.newEncoder();
    }

    /** {@code text} on one line. */
    static String line(String text) {
        return escape(text, false, null);
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
        if (begun.length == 0 && isPlain(bytes, offset, length)) {
            to.write(bytes, offset, length);
            return;
        }
        ByteBuffer in = ByteBuffer.allocate(begun.length + length);
        in.put(begun).put(bytes, offset, length).flip();
        CharBuffer chars = CharBuffer.allocate(in.remaining());
        decoder.reset().decode(in, chars, false);
        begun = new byte[in.remaining()];
        in.get(begun);
        to.write(escape(chars.flip().toString(), true, encoder).getBytes(charset));
    }

    private static boolean isPlain(byte[] bytes, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            byte b = bytes[i];
            if ((b < SPACE && b != '\n' && b != '\t') || b == DELETE) {
                return false;
            }
        }
        return true;
    }

    private static String escape(String text, boolean lines, @Nullable CharsetEncoder encoder) {
        StringBuilder plain = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            int chars = Character.charCount(c);
            boolean ends = c == '\n' || (c == '\r' && text.startsWith("\n", i + 1));
            if (lines && (ends || c == '\t')
                    || (!commands(c)
                            && (encoder == null
                                    || encoder.canEncode(text.substring(i, i + chars))))) {
                plain.appendCodePoint(c);
            } else {
                for (char half : Character.toChars(c)) {
                    plain.append("\\u%04x".formatted((int) half));
                }
            }
            i += chars;
        }
        return plain.toString();
    }

    /** True of what a terminal obeys or hides, rather than shows. */
    private static boolean commands(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> true;
            // Joiners within words and emoji, and soft hyphens, do no harm.
            case Character.FORMAT -> c != 0x200c && c != 0x200d && c != 0xad;
            default -> false;
        };
    }

    @Override
    public void flush() throws IOException {
        to.flush();
    }

    @Override
    public void close() throws IOException {
        to.close();
    }
}
