package org.svgen.testkit;

import java.util.HashSet;
import java.util.Set;
import org.svgen.tensor.HostStorage;
import org.svgen.tensor.OutOfDeviceMemoryException;
import org.svgen.tensor.Storage;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backends;
import org.svgen.tensor.device.ForwardingBackend;

/**
 * The CPU as if its memory were elsewhere: weights must be uploaded, count, and are spoilt when
 * they are given back.
 */
public final class FarBackend extends ForwardingBackend {
    private final Set<Storage> live = new HashSet<>();
    private long capacity;
    private long taken;
    private long peak;
    private int roundTrips;
    private int uploads;

    public FarBackend(long capacity) {
        super(Backends.open("cpu", note -> {}));
        this.capacity = capacity;
    }

    /** Somebody else takes memory: only {@code bytes} are there from now on. */
    public void shrink(long bytes) {
        capacity = bytes;
    }

    /** How many tensors were brought here. */
    public int uploads() {
        return uploads;
    }

    /** Counts the peak from here on. */
    public void forgetPeak() {
        peak = taken;
    }

    /** How often the host has waited for the device. */
    public int roundTrips() {
        return roundTrips;
    }

    @Override
    public String name() {
        return "far:0";
    }

    @Override
    public Storage allocate(long bytes) {
        if (bytes > capacity - taken) {
            throw new OutOfDeviceMemoryException("far memory is full", new IllegalStateException());
        }
        Storage storage = super.allocate(bytes);
        live.add(storage);
        taken += bytes;
        peak = Math.max(peak, taken);
        return storage;
    }

    @Override
    public void release(Storage storage) {
        if (!live.remove(storage)) {
            throw new IllegalArgumentException("released twice, or never allocated");
        }
        ((HostStorage) storage).segment().fill((byte) 0xff);
        taken -= storage.byteSize();
        super.release(storage);
    }

    @Override
    public Tensor upload(Tensor host) {
        uploads++;
        Storage storage = allocate(host.bytes());
        Tensor there = new Tensor(host.dtype(), host.shape(), storage, 0);
        try {
            write(host, there);
        } catch (RuntimeException e) {
            release(storage);
            throw e;
        }
        return there;
    }

    @Override
    public void download(Tensor tensor, Tensor host) {
        roundTrips++;
        super.download(tensor, host);
    }

    @Override
    public void synchronize() {
        roundTrips++;
    }

    @Override
    public boolean readsHost() {
        return false;
    }

    @Override
    public Memory memory() {
        return new Memory(taken, peak);
    }

    @Override
    public long capacity() {
        return capacity - taken;
    }
}
