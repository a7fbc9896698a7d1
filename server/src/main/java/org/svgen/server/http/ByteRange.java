package org.svgen.server.http;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A part of a file that a request asks for (RFC 9110, section 14). Several parts at once are not
 * served: such a request gets the whole, as the standard allows.
 *
 * @param from first byte
 * @param length in bytes; 0 if the file does not have that part
 */
record ByteRange(long from, long length) {
    private static final Pattern FORM = Pattern.compile("bytes=(\\d{0,18})-(\\d{0,18})");

    boolean isSatisfiable() {
        return length > 0;
    }

    /**
     * {@return the part that a header asks for; none if it asks for the whole, or is no header that
     * is understood}
     *
     * @param size of the file in bytes
     */
    static Optional<ByteRange> of(String header, long size) {
        Matcher form = FORM.matcher(header.strip());
        if (!form.matches()) {
            return Optional.empty();
        }
        String first = form.group(1);
        String last = form.group(2);
        if (first.isEmpty()) {
            if (last.isEmpty()) {
                return Optional.empty();
            }
            long length = Math.min(Long.parseLong(last), size);
            return Optional.of(new ByteRange(size - length, length));
        }
        long from = Long.parseLong(first);
        long to = last.isEmpty() ? size - 1 : Math.min(Long.parseLong(last), size - 1);
        if (!last.isEmpty() && Long.parseLong(last) < from) {
            return Optional.empty();
        }
        return Optional.of(new ByteRange(from, Math.max(0, to - from + 1)));
    }
}
