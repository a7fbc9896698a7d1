package org.svgen.text;

import java.util.List;
import org.svgen.tensor.op.AttentionPlan;
import org.svgen.tensor.op.KeyPattern;
import org.svgen.tensor.op.KeyPattern.Band;
import org.svgen.tensor.op.KeyPattern.Segment;
import org.svgen.tensor.op.TokenOrder;

/** Attention of language models: every token looks at itself and those before it. */
final class CausalAttention {
    private CausalAttention() {}

    /**
     * @param attended keys from here on are padding, which nobody looks at
     */
    static AttentionPlan plan(int tokens, int attended) {
        // A band as wide as all tokens, whose upper edge is the query.
        Band band = new Band(-tokens, 1, 0, 1, tokens, 0, attended);
        Segment all = new Segment(0, tokens, List.of(), band);
        KeyPattern pattern = new KeyPattern(tokens, tokens, List.of(all));
        return new AttentionPlan(List.of(new AttentionPlan.Kind(pattern, TokenOrder.IDENTITY)));
    }
}
