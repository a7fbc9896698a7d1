package org.svgen.tensor;

/** A device has less memory left than a run was planned with. */
public final class OutOfDeviceMemoryException extends SvgenException {
    private static final long serialVersionUID = 1L;

    public OutOfDeviceMemoryException(String message, Throwable cause) {
        super(message, cause);
    }

    public OutOfDeviceMemoryException(Message message, Throwable cause) {
        super(message, cause);
    }
}
