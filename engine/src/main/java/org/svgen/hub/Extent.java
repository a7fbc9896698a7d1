package org.svgen.hub;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.svgen.checkpoint.Untrusted;

/**
 * Which part of a file an answer brings.
 *
 * @param from its first byte
 * @param total bytes of the whole file; -1 where the answer does not say
 */
record Extent(long from, long total) {
    private static final Pattern PART =
            Pattern.compile("bytes\\s+(\\d{1,18})-\\d{1,18}/(\\d{1,18}|\\*)");
    private static final Pattern NONE = Pattern.compile("bytes\\s+\\*/(\\d{1,18})");
    private static final Pattern LENGTH = Pattern.compile("\\d{1,18}");

    /** Of an answer with a content: status 200 or 206. */
    static Extent of(Http.Answer answer) throws WrongAnswerException {
        String range = answer.header("Content-Range").strip();
        String length = answer.header("Content-Length").strip();
        switch (answer.status()) {
            case 200 -> {
                return new Extent(0, LENGTH.matcher(length).matches() ? number(length) : -1);
            }
            case 206 -> {
                Matcher part = PART.matcher(range);
                if (!part.matches()) {
                    throw new WrongAnswerException(
                            "expected \"bytes FROM-TO/ALL\" as the Content-Range, found "
                                    + Untrusted.quoted(range));
                }
                return new Extent(number(part.group(1)), number(part.group(2)));
            }
            default ->
                    throw new WrongAnswerException(
                            "expected HTTP 200 or 206 and a file, found HTTP " + answer.status());
        }
    }

    /**
     * @throws WrongAnswerException if the file is said to be of another size than {@code listed}
     */
    void require(long listed) throws WrongAnswerException {
        require(total, listed);
    }

    static void require(long total, long listed) throws WrongAnswerException {
        if (total >= 0 && total != listed) {
            throw new WrongAnswerException(
                    "expected a file of %d bytes, found one of %d".formatted(listed, total));
        }
    }

    /** The file's size as status 416 gives it; -1 if it gives none. */
    static long totalOfNone(Http.Answer answer) {
        Matcher none = NONE.matcher(answer.header("Content-Range").strip());
        return none.matches() ? number(none.group(1)) : -1;
    }

    private static long number(String text) {
        return text.equals("*") ? -1 : Long.parseLong(text);
    }
}
