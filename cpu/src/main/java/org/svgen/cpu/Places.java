package org.svgen.cpu;

import org.svgen.tensor.op.TokenOrder;

/** Where the tokens of a head are stored, by the positions that it attends in. */
sealed interface Places {
    /** True if each token stands where it is stored. */
    boolean asStored();

    /** Where the token at position {@code i} is stored. */
    int stored(int i);

    static Places of(TokenOrder order) {
        return new Grid(order);
    }

    /** By a transpose. */
    record Grid(TokenOrder order) implements Places {
        @Override
        public boolean asStored() {
            return order.isIdentity();
        }

        @Override
        public int stored(int i) {
            return order.stored(i);
        }
    }

    /** By a list, of which the head's part begins at {@code from}; an empty list: as stored. */
    record Listed(int[] all, int from) implements Places {
        @Override
        public boolean asStored() {
            return all.length == 0;
        }

        @Override
        public int stored(int i) {
            return all.length == 0 ? i : all[from + i];
        }
    }
}
