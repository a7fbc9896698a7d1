package org.svgen.server.work;

import org.svgen.tensor.SvgenException;

/** A device does not answer any more: it must be opened again. */
final class LostDeviceException extends SvgenException {
    private static final long serialVersionUID = 1L;

    LostDeviceException(String message, Throwable cause) {
        super(message, cause);
    }
}
