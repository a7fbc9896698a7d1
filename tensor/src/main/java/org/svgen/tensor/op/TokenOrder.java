package org.svgen.tensor.op;

/**
 * The order that a head attends in: a transpose of {@code rows x columns} consecutive tokens that
 * begin at {@code start}; all other tokens stay where they are. With rows = frames and columns =
 * tokens of a frame this turns frame-major into token-major order. Few numbers, so that a device
 * can compute it.
 *
 * @param start the first token of the grid; those before it and behind it stay
 * @param rows of the grid, as tokens are stored
 * @param columns of the grid
 */
public record TokenOrder(int start, int rows, int columns) {
    /** Tokens as they come. */
    public static final TokenOrder IDENTITY = new TokenOrder(0, 1, 1);

    /** {@return true if all tokens stay where they are} */
    public boolean isIdentity() {
        return rows <= 1 || columns <= 1;
    }

    /**
     * {@return the position, in the order as stored, of the token that stands at {@code i} in this
     * order}
     *
     * @param i index of a token
     */
    public int stored(int i) {
        int j = i - start;
        if (j < 0 || j >= rows * columns) {
            return i;
        }
        return start + (j % rows) * columns + j / rows;
    }

    /**
     * {@return the position in this order of the token stored at {@code i}; inverse of {@link
     * #stored}}
     *
     * @param i index of a token
     */
    public int position(int i) {
        int j = i - start;
        if (j < 0 || j >= rows * columns) {
            return i;
        }
        return start + (j % columns) * rows + j / columns;
    }
}
