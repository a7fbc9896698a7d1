package org.svgen.tensor;

/** Something was used that has been closed, or was closed while it was used. */
public final class ClosedException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    /**
     * Of a thing.
     *
     * @param what is closed
     */
    public ClosedException(String what) {
        super(what + " is closed");
    }
}
