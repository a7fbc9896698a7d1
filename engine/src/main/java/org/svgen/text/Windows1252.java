package org.svgen.text;

import java.nio.charset.Charset;

/** What the control characters 0x80 to 0x9F were meant to be: bytes of Windows' Latin alphabet. */
final class Windows1252 {
    private static final Charset CHARSET = Charset.forName("windows-1252");
    private static final String UNDEFINED = "\uFFFD";

    private Windows1252() {}

    /** The character of a byte; itself where the alphabet has none, as in browsers. */
    static String decode(int code) {
        String decoded = new String(new byte[] {(byte) code}, CHARSET);
        return decoded.equals(UNDEFINED) ? Character.toString(code) : decoded;
    }
}
