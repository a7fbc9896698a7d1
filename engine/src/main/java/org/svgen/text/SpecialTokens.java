package org.svgen.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/** Finds the tokens in a text that stand for themselves, such as {@code <extra_id_0>}. */
record SpecialTokens(Map<String, Integer> ids) {

    /**
     * Cuts {@code text} at its special tokens, the leftmost first, the longest where two begin
     * alike.
     */
    void split(String text, Consumer<String> plain, IntConsumer special) {
        List<String> present = new ArrayList<>(ids.keySet());
        present.removeIf(token -> token.isEmpty() || !text.contains(token));
        int done = 0;
        for (int at = 0; at < text.length(); ) {
            String token = longestAt(text, at, present);
            if (token.isEmpty()) {
                at++;
                continue;
            }
            plain.accept(text.substring(done, at));
            special.accept(ids.getOrDefault(token, 0));
            at += token.length();
            done = at;
        }
        plain.accept(text.substring(done));
    }

    private static String longestAt(String text, int at, List<String> tokens) {
        String longest = "";
        for (String token : tokens) {
            if (token.length() > longest.length() && text.startsWith(token, at)) {
                longest = token;
            }
        }
        return longest;
    }
}
