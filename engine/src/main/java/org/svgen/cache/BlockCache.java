package org.svgen.cache;

import java.util.function.Consumer;
import org.svgen.tensor.Tensor;

/**
 * Decides within a pass which blocks of the network are run, and stands in for those that aren't.
 */
public interface BlockCache {
    /** Has every block run. */
    BlockCache NONE =
            new BlockCache() {
                @Override
                public boolean skipsAll(Tensor x, Consumer<Tensor> signal) {
                    return false;
                }

                @Override
                public boolean skipsRest(Tensor x) {
                    return false;
                }

                @Override
                public void passed(Tensor x) {}
            };

    /**
     * Called before the first block.
     *
     * @param x the token stream; what the blocks would add is added where they are skipped
     * @param signal writes what {@link TeaCache} watches into a tensor of {@link Stream#signal}
     * @return whether no block is run
     */
    boolean skipsAll(Tensor x, Consumer<Tensor> signal);

    /**
     * Called behind the first block.
     *
     * @param x the token stream; what the other blocks would add is added where they are skipped
     * @return whether no other block is run
     */
    boolean skipsRest(Tensor x);

    /**
     * Called behind the last block, if all were run.
     *
     * @param x the token stream
     */
    void passed(Tensor x);

    /**
     * What passes the blocks.
     *
     * @param branches of guidance in one pass
     * @param tokens of a branch, those of a text included
     * @param from the first token of the video
     * @param to behind the last token of the video
     * @param width channels of a token
     * @param signal dimensions of what {@link TeaCache} watches
     */
    record Stream(int branches, int tokens, int from, int to, int width, long[] signal) {
        /** Keeps a copy. */
        public Stream {
            signal = signal.clone();
        }

        @Override
        public long[] signal() {
            return signal.clone();
        }

        /** The video's tokens of a branch, [to - from, width]. */
        Tensor video(Tensor x, int branch) {
            return x.reshape(branches, tokens, width).get(branch).rows(from, to);
        }
    }
}
