package org.svgen.sparse;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.AttentionPlan;
import org.svgen.tensor.op.BlockMap;
import org.svgen.tensor.op.BlockTail;
import org.svgen.tensor.op.KeyPattern;
import org.svgen.tensor.op.TokenBlocks;
import org.svgen.tensor.op.TokenOrder;

/**
 * Choices of bands as maps of blocks, a map each, so that means can stand in for what is left out.
 * Made once; a call names the map of each head.
 *
 * @param blocks of queries and of keys, in each choice's order
 * @param bits I32 [choices, blocks, words]
 * @param density of the choices that heads get before anything is known of them
 */
public record BandMaps(TokenBlocks blocks, Tensor bits, double density) {
    /**
     * Takes the memory of the maps.
     *
     * @param workspace memory of the steps
     * @param geometry where text and video lie
     * @param choices bands of whole blocks
     * @param sinkFrames leading frames that all see
     * @return the maps
     */
    static BandMaps allocate(
            Workspace workspace, VideoGeometry geometry, HeadChoices choices, int sinkFrames) {
        int[] bounds = VideoBlocks.of(geometry, sinkFrames).bounds();
        List<int[]> orders = new ArrayList<>();
        List<int[]> rows = new ArrayList<>();
        List<int[]> bits = new ArrayList<>();
        for (AttentionPlan.Kind kind : choices.plan().kinds()) {
            orders.add(stored(kind.order(), geometry.tokens()));
            rows.add(bounds);
            bits.add(bits(kind.pattern(), bounds));
        }
        int blocks = bounds.length - 1;
        Tensor words =
                DeviceInts.copy(workspace, bits)
                        .reshape(bits.size(), blocks, BlockMap.words(blocks));
        double[] densities = choices.densities();
        return new BandMaps(
                new TokenBlocks(
                        DeviceInts.copy(workspace, rows), DeviceInts.copy(workspace, orders)),
                words,
                choices.base().stream().mapToDouble(base -> densities[base]).average().orElse(1));
    }

    private static int[] stored(TokenOrder order, int tokens) {
        int[] stored = new int[tokens];
        for (int i = 0; i < tokens; i++) {
            stored[i] = order.stored(i);
        }
        return stored;
    }

    /**
     * A block of keys is kept if the middle query keeps its middle key; patterns have both whole.
     */
    private static int[] bits(KeyPattern pattern, int[] bounds) {
        int blocks = bounds.length - 1;
        int words = BlockMap.words(blocks);
        int[] bits = new int[blocks * words];
        for (int i = 0; i < blocks; i++) {
            int query = (bounds[i] + bounds[i + 1]) >>> 1;
            KeyPattern.Segment segment = pattern.segmentOf(query);
            int from = segment.bandFrom(query);
            int to = segment.bandTo(query);
            for (int j = 0; j < blocks; j++) {
                int key = (bounds[j] + bounds[j + 1]) >>> 1;
                boolean spanned =
                        segment.spans().stream().anyMatch(s -> key >= s.from() && key < s.to());
                if (spanned || key >= from && key < to) {
                    bits[i * words + j / Integer.SIZE] |= 1 << j % Integer.SIZE;
                }
            }
        }
        return bits;
    }

    /**
     * Attends by them.
     *
     * @param which I32 [batch, heads]: the choice of each head
     */
    void attend(Workspace workspace, Tensor q, Tensor k, Tensor v, Tensor which, Tensor out) {
        try (Workspace.Scope _ = workspace.scope()) {
            BlockTail tail = new BlockTail(means(workspace, k, which), means(workspace, v, which));
            BlockMap map = new BlockMap(blocks, blocks, bits, which);
            workspace.ops().blockAttention(q, k, v, map, tail, density, Dense.scale(q), out);
        }
    }

    private Tensor means(Workspace workspace, Tensor x, Tensor which) {
        Tensor means = workspace.allocate(x.size(0), x.size(1), blocks.count(), x.size(3));
        workspace.ops().blockMeans(x, blocks, which, means);
        return means;
    }

    /**
     * The same choice for all heads of {@code branches}.
     *
     * @return I32 [branches, heads], until the enclosing scope closes
     */
    static Tensor same(Workspace workspace, int choice, int branches, int heads) {
        int[] all = new int[branches * heads];
        Arrays.fill(all, choice);
        return DeviceInts.copy(workspace, List.of(all)).reshape(branches, heads);
    }
}
