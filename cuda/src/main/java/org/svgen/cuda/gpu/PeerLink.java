package org.svgen.cuda.gpu;

import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.svgen.cuda.ffi.CudaDriver;
import org.svgen.cuda.ffi.CudaPeers;
import org.svgen.tensor.Storage;
import org.svgen.tensor.device.Link;

/** Copies between GPUs in the order of their streams, which wait for each other by events. */
public final class PeerLink implements Link {
    /**
     * Marks that there are before the first is used again. Who waits for one that was has come to a
     * later point, which is as good; ranks are never so far apart.
     */
    private static final int MARKS = 64;

    private final Gpu gpu;
    private final long[] events = new long[MARKS];
    private final Set<Integer> reached = new HashSet<>(); // devices
    private int next;

    PeerLink(Gpu gpu) {
        this.gpu = gpu;
    }

    private record Event(long handle) implements Mark {}

    @Override
    public Mark mark() {
        CudaDriver driver = gpu.driver();
        int slot = next++ % MARKS;
        if (events[slot] == 0) {
            events[slot] = driver.peers().createMark();
        }
        driver.recordEvent(events[slot], gpu.stream());
        return new Event(events[slot]);
    }

    @Override
    public void await(Mark mark) {
        if (!(mark instanceof Event event)) {
            throw new IllegalArgumentException("a mark of another kind of device");
        }
        gpu.driver().waitEvent(event.handle, gpu.stream());
    }

    @Override
    public void copy(Rows from, Rows to, long width, long rows) {
        Gpu peer = owner(from.storage());
        CudaDriver driver = gpu.driver();
        int device = peer.device().index();
        if (device != gpu.device().index() && reached.add(device)) {
            CudaPeers peers = driver.peers();
            if (peers.reaches(gpu.device().index(), device)) {
                peers.open(gpu.device().index(), peer.context(), driver.pool(device));
            }
        }
        driver.peers().copy(told(from), told(to), width, rows, gpu.stream());
    }

    private static CudaPeers.Rows told(Rows rows) {
        long address = ((DeviceStorage) rows.storage()).address() + rows.offset();
        return new CudaPeers.Rows(owner(rows.storage()).context(), address, rows.pitch());
    }

    private static Gpu owner(Storage storage) {
        if (storage instanceof DeviceStorage there) {
            return Objects.requireNonNull(there.owner(), "scratch of an operation");
        }
        throw new IllegalArgumentException("storage is not on a GPU");
    }

    /** With the context current. */
    void close(CudaDriver driver) {
        for (long event : events) {
            if (event != 0) {
                driver.destroyEvent(event);
            }
        }
    }
}
