package org.svgen.tensor.ranks;

import org.jspecify.annotations.Nullable;
import org.svgen.tensor.SvgenException;

/** One of the devices that compute together failed, or does not answer any more. */
public final class RankException extends SvgenException {
    private static final long serialVersionUID = 1L;

    RankException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
