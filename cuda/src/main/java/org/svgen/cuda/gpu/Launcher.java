package org.svgen.cuda.gpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.svgen.cuda.ffi.TensorMap;
import org.svgen.cuda.gpu.KernelLibrary.Function;
import org.svgen.cuda.gpu.Launch.Grid;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;

/**
 * Collects a kernel's arguments and starts it. Arguments are laid out one after the other, each
 * aligned to its size, in the order of the kernel's parameters; between {@link #struct} and {@link
 * #end} they are fields of one parameter. What lies between them is zero, so that launches with the
 * same arguments have the same bytes.
 */
public final class Launcher {
    /** Bytes of arguments that the driver takes. */
    static final int MAX_ARGUMENT_BYTES = 4096;

    static final int MOST_ARGUMENTS = 64;
    private static final long MOST_BLOCKS = Integer.MAX_VALUE;

    private final Gpu gpu;
    private final TensorMaps maps;
    private final Sender sender;
    private final MemorySegment values;
    private final int[] offsets = new int[MOST_ARGUMENTS];
    private @Nullable Function kernel;
    private Function started = Function.NONE;
    private Grid grid = new Grid(0, 0, 0, 0);
    private int sharedBytes;
    private int at;
    private int count;
    private boolean inStruct;

    Launcher(Gpu gpu) {
        this.gpu = gpu;
        maps = new TensorMaps(gpu.attached());
        sender = new Sender(gpu.attached(), gpu.stream());
        values = sender.values();
    }

    Launcher begin(Function next, int bytes) {
        kernel = next;
        sharedBytes = bytes;
        at = 0;
        count = 0;
        inStruct = false;
        return this;
    }

    private int place(int bytes, int alignment) {
        int here = Math.ceilDiv(at, alignment) * alignment;
        while (at < here) {
            values.set(ValueLayout.JAVA_BYTE, at++, (byte) 0);
        }
        if (!inStruct) {
            offsets[count++] = here;
        }
        at += bytes;
        return here;
    }

    /** The parameter that begins here is a struct; what follows are its fields. */
    public Launcher struct() {
        place(0, 8);
        inStruct = true;
        return this;
    }

    public Launcher end() {
        inStruct = false;
        return this;
    }

    public Launcher i32(int value) {
        values.set(ValueLayout.JAVA_INT, place(4, 4), value);
        return this;
    }

    public Launcher flag(boolean value) {
        return i32(value ? 1 : 0);
    }

    public Launcher i64(long value) {
        values.set(ValueLayout.JAVA_LONG, place(8, 8), value);
        return this;
    }

    public Launcher f32(float value) {
        values.set(ValueLayout.JAVA_FLOAT, place(4, 4), value);
        return this;
    }

    /** An address, or null. */
    public Launcher pointer(long address) {
        return i64(address);
    }

    /** The address of a tensor whose type the kernel takes for granted, or null. */
    public Launcher pointer(@Nullable Tensor tensor) {
        return pointer(tensor == null ? 0 : DeviceStorage.address(tensor));
    }

    public Launcher map(TensorMap map) {
        maps.write(map, values.asSlice(place(TensorMap.BYTES, 128), TensorMap.BYTES));
        return this;
    }

    /** The {@code count} maps before, once more. */
    public Launcher repeatMaps(int count) {
        int from = at - count * TensorMap.BYTES;
        for (int i = 0; i < count; i++) {
            int here = place(TensorMap.BYTES, 128);
            MemorySegment.copy(
                    values, from + (long) i * TensorMap.BYTES, values, here, TensorMap.BYTES);
        }
        return this;
    }

    /** A tensor's {@code Elements}: where they lie and of which type they are. */
    public Launcher elements(@Nullable Tensor tensor) {
        return elements(
                tensor == null ? 0 : DeviceStorage.address(tensor),
                tensor == null ? DType.F32 : tensor.dtype());
    }

    public Launcher elements(long address, DType dtype) {
        int here = place(16, 8);
        values.set(ValueLayout.JAVA_LONG, here, address);
        values.set(ValueLayout.JAVA_LONG, here + 8, type(dtype)); // the upper half is zero
        return this;
    }

    /** As svgen.cuh numbers the types. */
    private static int type(DType dtype) {
        return switch (dtype) {
            case F32 -> 0;
            case BF16 -> 1;
            case F16 -> 2;
            case F64 -> 3;
            default ->
                    throw new IllegalArgumentException(
                            "expected f32, f16, bf16 or f64, found " + dtype);
        };
    }

    /** One thread for each of {@code items}, or fewer that take several each. */
    public void start(long items, int threads) {
        long enough = 32L * gpu.device().multiprocessors();
        start(Math.clamp(Math.ceilDiv(items, threads), 1, enough), 1, 1, threads);
    }

    /** Starts blocks of {@code threads} threads. */
    public void start(long blocksX, long blocksY, long blocksZ, int threads) {
        Function begun = kernel;
        if (begun == null) {
            throw new IllegalStateException("no kernel was begun");
        }
        kernel = null;
        if (blocksX == 0 || blocksY == 0 || blocksZ == 0) {
            return;
        }
        if (blocksX > MOST_BLOCKS || blocksY > 65535 || blocksZ > 65535) {
            throw new IllegalArgumentException(
                    "%s: %d x %d x %d blocks".formatted(begun.name(), blocksX, blocksY, blocksZ));
        }
        started = begun;
        grid = new Grid((int) blocksX, (int) blocksY, (int) blocksZ, threads);
        gpu.replay().start(this);
    }

    /** Gives what was started to the driver. */
    void send() {
        sender.send(started, sharedBytes, grid, offsets, count);
    }

    /** Keeps what was started. */
    Launch copy() {
        byte[] bytes = values.asSlice(0, at).toArray(ValueLayout.JAVA_BYTE);
        return new Launch(started, sharedBytes, grid, bytes, Arrays.copyOf(offsets, count));
    }

    /** True if what was started is that launch once more. */
    boolean same(Launch other) {
        return started.handle() == other.kernel().handle()
                && sharedBytes == other.sharedBytes()
                && grid.equals(other.grid())
                && at == other.values().length
                && MemorySegment.mismatch(values, 0, at, other.arguments(), 0, at) < 0;
    }

    /** The same for launches that are the same, other ones may share it. */
    int hash() {
        return hash(copy());
    }

    static int hash(Launch launch) {
        return 31 * Arrays.hashCode(launch.values()) + Long.hashCode(launch.kernel().handle());
    }
}
