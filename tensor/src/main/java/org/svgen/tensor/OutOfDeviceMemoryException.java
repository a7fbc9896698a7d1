package org.svgen.tensor;

/** A device has less memory left than a run was planned with. */
public final class OutOfDeviceMemoryException extends SvgenException {
    private static final long serialVersionUID = 1L;

    /**
     * An allocation that failed.
     *
     * @param message what was asked for and what there is
     * @param cause what the driver said
     */
    public OutOfDeviceMemoryException(String message, Throwable cause) {
        super(message, cause);
    }

    /**
     * An allocation that failed.
     *
     * @param message what was asked for and what there is
     * @param cause what the driver said
     */
    public OutOfDeviceMemoryException(Message message, Throwable cause) {
        super(message, cause);
    }
}
