package org.svgen.tensor.device;

import org.svgen.tensor.Storage;

/**
 * How devices of one kind exchange bytes and wait for each other. Calls follow the order of the
 * device's operations, and return before the device has done them.
 */
public interface Link {
    /** A point in the order of a device's operations. */
    interface Mark {}

    /** {@return the point behind all that this device was asked for so far} */
    Mark mark();

    /**
     * What this device is asked for from now on waits until a device of this kind has come to a
     * point.
     *
     * @param mark the point, of this device or another
     */
    void await(Mark mark);

    /**
     * Copies bytes to this device.
     *
     * @param from on a device of this kind, this or another
     * @param to on this device
     * @param width bytes of a row
     * @param rows how many
     */
    void copy(Rows from, Rows to, long width, long rows);

    /**
     * Rows that lie equally far apart.
     *
     * @param storage has them
     * @param offset of the first, in bytes
     * @param pitch bytes from the begin of one to that of the next
     */
    record Rows(Storage storage, long offset, long pitch) {}
}
