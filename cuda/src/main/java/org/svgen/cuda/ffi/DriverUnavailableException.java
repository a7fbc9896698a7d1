package org.svgen.cuda.ffi;

import org.svgen.tensor.SvgenException;

/** There is no driver here that could be used; the message says why, for the user. */
public final class DriverUnavailableException extends SvgenException {
    private static final long serialVersionUID = 1L;

    private final boolean absent;

    DriverUnavailableException(String message) {
        this(message, false);
    }

    private DriverUnavailableException(String message, boolean absent) {
        super(message);
        this.absent = absent;
    }

    static DriverUnavailableException absent(String name) {
        return new DriverUnavailableException(
                "no NVIDIA driver found here (%s)".formatted(name), true);
    }

    /** True if there is none at all. */
    public boolean isAbsent() {
        return absent;
    }
}
