package org.svgen.text;

import org.svgen.tensor.BadInputException;
import org.svgen.tensor.SvgenException;

/** What every text encoder demands of its input. */
final class TokenIds {
    private TokenIds() {}

    static void check(int[] ids, int attended, int vocabulary) {
        if (attended < 1 || attended > ids.length) {
            throw new SvgenException("%d of %d tokens attended".formatted(attended, ids.length));
        }
        for (int id : ids) {
            if (id < 0 || id >= vocabulary) {
                throw new BadInputException(
                        "the tokenizer gave token %d, the text encoder knows tokens 0 to %d: they do not belong together"
                                .formatted(id, vocabulary - 1));
            }
        }
    }
}
