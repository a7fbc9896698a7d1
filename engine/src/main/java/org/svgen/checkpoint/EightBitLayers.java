package org.svgen.checkpoint;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.svgen.tensor.Shape;

/**
 * Which of a denoiser's weights are matrices of 8 bits: those of attention and feed-forward layers
 * within blocks. Embeddings, modulation, norms and the head stay as they are, and so do the first
 * and the last block, where errors cost most.
 *
 * @param blocks names of blocks, such as {@code transformer_blocks.7}
 */
public record EightBitLayers(Set<String> blocks) {
    /** No matrix is in 8 bits. */
    public static final EightBitLayers NONE = new EightBitLayers(Set.of());

    private static final Pattern MATRIX = Pattern.compile("(.+?\\.\\d+)\\.(.+)\\.weight");

    /** Keeps a copy. */
    public EightBitLayers {
        blocks = Set.copyOf(blocks);
    }

    /**
     * {@return all blocks but the first and the last}
     *
     * @param lists of blocks, in the order of their use
     */
    public static EightBitLayers within(BlockList... lists) {
        List<String> all = new ArrayList<>();
        for (BlockList list : lists) {
            for (int i = 0; i < list.count(); i++) {
                all.add(list.name() + "." + i);
            }
        }
        return all.size() < 3
                ? NONE
                : new EightBitLayers(Set.copyOf(all.subList(1, all.size() - 1)));
    }

    /**
     * Blocks that follow each other.
     *
     * @param name of the list, such as {@code transformer_blocks}
     * @param count how many there are
     */
    public record BlockList(String name, int count) {}

    /**
     * {@return true if a weight is one of them}
     *
     * @param name of the weight
     * @param shape of the weight
     */
    boolean has(String name, Shape shape) {
        Matcher matrix = MATRIX.matcher(name);
        return shape.rank() == 2
                && matrix.matches()
                && blocks.contains(matrix.group(1))
                && !matrix.group(2).contains("norm"); // modulation
    }

    /**
     * {@return the same weights, with these in 8 bits}
     *
     * @param stored in any type
     */
    public StoredWeights of(StoredWeights stored) {
        return blocks.isEmpty() ? stored : new EightBitWeights(stored, this);
    }
}
