package org.svgen.server.store;

import org.jspecify.annotations.Nullable;
import org.svgen.tensor.SvgenException;

/** The store cannot do its work now: its disk is full, it cannot be reached, it is closed. */
public final class StoreException extends SvgenException {
    private static final long serialVersionUID = 1L;

    /**
     * The store cannot do its work.
     *
     * @param message one line, without anything secret
     * @param cause what it followed from; none if nothing
     */
    public StoreException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
