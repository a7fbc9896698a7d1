package org.svgen.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What {@code prompt_clean} of diffusers' Wan pipelines gives, with ftfy 6. */
class PromptCleaningTest {

    @Test
    void ordinaryTextStaysAsItIs() {
        cleans("A cat, 日本語 and 🎬 – it’s".replace('’', '\''), "A cat, 日本語 and 🎬 – it's");
        cleans("", "");
        cleans("a\u200Db", "a\u200Db");
    }

    @Test
    void whiteSpaceBecomesOneSpace() {
        cleans("  many   spaces\tand\r\nnew\u2028lines\u00A0 \u3000", "many spaces and new lines");
    }

    @Test
    void quotesAreUncurled() {
        cleans(
                "“It’s” ‘fine’ „he said‟, rock\u02BCn\u02BCroll",
                "\"It's\" 'fine' \"he said\", rock'n'roll");
    }

    @Test
    void widthsAndLigaturesAreOrdinary() {
        cleans("色调艳丽，过曝，静态", "色调艳丽,过曝,静态");
        cleans("ＬＯＵＤ　ＮＯＩＳＥＳ ｱﾆﾒ", "LOUD NOISES アニメ");
        cleans("ﬂuﬃest ﬅ ĳ ǆ ŉ", "fluffiest ſt ij dž 'n");
        cleans("cafe\u0301", "café");
    }

    @Test
    void controlCharactersAndTerminalEscapesGo() {
        cleans("\u001B[36;44mblue\u001B[0m \u0007bell\0 \uFEFFmark", "blue bell mark");
        cleans("half \uD83C pair", "half \uFFFD pair");
        cleans("he said \u0093hi\u0094\u0085", "he said \"hi\"…");
    }

    @Test
    void characterReferencesAreResolved() {
        cleans("fish &amp; chips &lt;3 &eacute;t&eacute; &EACUTE;", "fish & chips <3 été É");
        cleans("fish &amp;amp;amp;amp;amp; chips", "fish & chips");
        cleans(
                "&copy 2024 &notit; &notin; &#65;&#x42 &#0; &#150; &#1;",
                "© 2024 ¬it; ∉ AB \uFFFD –");
        cleans("&unknown; & &; R&D &#xD800; &#1114112;", "&unknown; & &; R&D \uFFFD \uFFFD");
        cleans("&NotEqualTilde; &#99999999999999999999;", "≂̸ \uFFFD");
    }

    /** ftfy takes a text with tags for HTML, and leaves its references to who reads that. */
    @Test
    void quotesOfTextWithTagsStayCurled() {
        cleans("&ldquo;plain&rdquo;", "\"plain\"");
        cleans("<b>&ldquo;bold&rdquo;</b>", "<b>“bold”</b>");
        cleans("it&rsquo;s\n<b>&rsquo;\n&rsquo;", "it's <b>’ ’");
    }

    private static void cleans(String prompt, String expected) {
        assertThat(PromptCleaning.clean(prompt)).isEqualTo(expected);
    }
}
