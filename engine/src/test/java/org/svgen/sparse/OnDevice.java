package org.svgen.sparse;

import java.lang.foreign.Arena;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Workspace;
import org.svgen.testkit.TestDevice;

/** What tests of attention have at hand: a device, its workspace, memory of the host. */
abstract class OnDevice {
    final Arena arena = Arena.ofShared();
    Backend backend;
    Workspace workspace;
    private final long bytes;

    /**
     * @param bytes of the workspace
     */
    OnDevice(long bytes) {
        this.bytes = bytes;
    }

    @BeforeEach
    void open() {
        backend = TestDevice.open();
        workspace = new Workspace(backend, bytes);
    }

    @AfterEach
    void close() {
        workspace.close();
        backend.close();
        arena.close();
    }
}
