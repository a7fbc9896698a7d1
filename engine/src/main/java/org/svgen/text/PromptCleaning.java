package org.svgen.text;

import java.text.Normalizer;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * What diffusers' Wan pipelines do to a prompt before it is tokenized ({@code prompt_clean}): they
 * mend its characters by Python's ftfy, resolve HTML's character references, and leave one space
 * where there is white space. Of ftfy 6, the repair of text that was decoded in a wrong encoding is
 * left out.
 */
public final class PromptCleaning {
    /** A part of a text, and what becomes of it. */
    private record Step(Pattern part, UnaryOperator<String> mended) {
        Step(String part, UnaryOperator<String> mended) {
            this(Pattern.compile(part), mended);
        }

        Step(String part, String instead) {
            this(part, found -> instead);
        }

        String apply(String text) {
            return Patterns.replace(part, text, mended);
        }
    }

    /** In ftfy's order: what one step makes of a character, the next one may change again. */
    private static final List<Step> STEPS =
            List.of(
                    new Step("[\\x{80}-\\x{9F}]", c -> Windows1252.decode(c.charAt(0))),
                    // A long s with a t; normal form KC would make the s a round one.
                    new Step("\uFB05", "\u017Ft"),
                    // Ligatures of Latin letters, full and half widths, the ideographic space.
                    new Step(
                            "[\u0132\u0133\u0149\u01C4-\u01CC\u01F1-\u01F3\uFB00-\uFB06]"
                                    + "|[\u3000\uFF01-\uFFEF]",
                            c -> Normalizer.normalize(c, Normalizer.Form.NFKC)),
                    new Step("[\u201C-\u201F]", "\""),
                    new Step("[\u02BC\u2018-\u201B]", "'"),
                    new Step("\r\n|[\r\u2028\u2029\u0085]", "\n"),
                    // Half a surrogate pair.
                    new Step("[\\x{D800}-\\x{DFFF}]", "\uFFFD"),
                    // Colours of a terminal.
                    new Step("\u001B\\[[0-9;]*[a-zA-Z]", ""),
                    new Step(
                            "[\\x{0}-\\x{8}\\x{B}\\x{E}-\\x{1F}\\x{7F}]"
                                    + "|[\u206A-\u206F\uFEFF\uFFF9-\uFFFC]",
                            ""));

    private static final Pattern WHITE_SPACE =
            Pattern.compile("\\s+", Pattern.UNICODE_CHARACTER_CLASS);

    private PromptCleaning() {}

    /** {@return the prompt as the text encoder was trained to read it} */
    public static String clean(String prompt) {
        String text = HtmlEntities.unescape(HtmlEntities.unescape(mended(prompt)));
        return WHITE_SPACE.matcher(text).replaceAll(" ").strip();
    }

    /** Line by line; from the first on that may hold a tag, references are left alone. */
    private static String mended(String text) {
        StringBuilder mended = new StringBuilder();
        boolean tags = false;
        for (String line : text.split("(?<=\n)")) {
            tags |= line.contains("<");
            mended.append(mended(line, tags));
        }
        return mended.toString();
    }

    /** Until nothing changes any more. */
    private static String mended(String line, boolean tags) {
        String before = line;
        while (true) {
            String text = tags ? before : HtmlEntities.unescapeClosed(before);
            for (Step step : STEPS) {
                text = step.apply(text);
            }
            text = Normalizer.normalize(text, Normalizer.Form.NFC);
            if (text.equals(before)) {
                return text;
            }
            before = text;
        }
    }
}
