package org.svgen.tensor.ranks;

import java.util.ArrayList;
import java.util.List;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.BlockAttentionOp;
import org.svgen.tensor.op.BlockMap;
import org.svgen.tensor.op.TokenBlocks;

/** What is said of blocks of tokens, for some heads. */
final class BlocksOfHeads {
    private BlocksOfHeads() {}

    /** What each rank needs whole. */
    static List<Tensor> shared(BlockAttentionOp o) {
        List<Tensor> all = new ArrayList<>(List.of(o.map().bits()));
        add(all, o.map().queries());
        add(all, o.map().keys());
        if (o.map().which() != null) {
            all.add(o.map().which());
        }
        if (o.tail() != null) {
            all.add(o.tail().keys());
            all.add(o.tail().values());
        }
        return all;
    }

    static void add(List<Tensor> all, TokenBlocks blocks) {
        all.add(blocks.bounds());
        if (blocks.order() != null) {
            all.add(blocks.order());
        }
    }

    /** What is said of these heads: by themselves, or by the number of a map. */
    static BlockMap map(BlockMap map, Heads heads, int ofBatch) {
        if (map.which() != null) {
            return new BlockMap(map.queries(), map.keys(), map.bits(), heads.in(map.which()));
        }
        int first = heads.batch() * ofBatch;
        return new BlockMap(
                blocks(map.queries(), heads, ofBatch),
                blocks(map.keys(), heads, ofBatch),
                map.bits().rows(first + heads.from(), first + heads.to()),
                null);
    }

    static TokenBlocks blocks(TokenBlocks blocks, Heads heads, int ofBatch) {
        int from = heads.batch() * ofBatch + heads.from();
        int to = from + heads.count();
        Tensor order = blocks.order();
        return new TokenBlocks(
                blocks.bounds().rows(from, to), order == null ? null : order.rows(from, to));
    }
}
