package org.svgen.server.work;

import org.svgen.tensor.Storage;
import org.svgen.tensor.SvgenException;
import org.svgen.tensor.device.Backends;
import org.svgen.tensor.device.ForwardingBackend;

/** The CPU as a device that may have died: then it gives no memory any more. */
final class DyingBackend extends ForwardingBackend {
    private final boolean dead;

    DyingBackend(boolean dead) {
        super(Backends.open("cpu", note -> {}));
        this.dead = dead;
    }

    @Override
    public Storage allocate(long bytes) {
        if (dead) {
            throw new SvgenException("no device");
        }
        return super.allocate(bytes);
    }
}
