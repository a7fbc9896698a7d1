package org.svgen.cuda.ffi;

import org.svgen.tensor.SvgenException;

/** There is no driver here that could be used; the message says why, for the user. */
public final class DriverUnavailableException extends SvgenException {
    private static final long serialVersionUID = 1L;

    DriverUnavailableException(String message) {
        super(message);
    }
}
