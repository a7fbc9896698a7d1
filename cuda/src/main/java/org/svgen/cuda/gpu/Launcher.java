package org.svgen.cuda.gpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;
import org.svgen.cuda.ffi.TensorMap;
import org.svgen.cuda.gpu.KernelLibrary.Function;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;

/**
 * Collects a kernel's arguments and starts it. Arguments are laid out one after the other, each
 * aligned to its size, in the order of the kernel's parameters; between {@link #struct} and {@link
 * #end} they are fields of one parameter. The driver copies them, so one buffer serves all
 * launches.
 */
public final class Launcher {
    /** Bytes of arguments that the driver takes. */
    private static final int MAX_ARGUMENT_BYTES = 4096;

    private static final int MOST_ARGUMENTS = 64;
    private static final long MOST_BLOCKS = Integer.MAX_VALUE;

    private final Gpu gpu;
    private final MemorySegment values;
    private final MemorySegment pointers;
    private final MemorySegment config;
    private @Nullable Function kernel;
    private int sharedBytes;
    private long at;
    private int count;
    private boolean inStruct;

    Launcher(Gpu gpu) {
        this.gpu = gpu;
        Arena arena = Arena.ofAuto();
        values = arena.allocate(MAX_ARGUMENT_BYTES, 128);
        pointers = arena.allocate(ValueLayout.ADDRESS, MOST_ARGUMENTS);
        config = arena.allocate(56, 8);
    }

    Launcher begin(Function next, int bytes) {
        kernel = next;
        sharedBytes = bytes;
        at = 0;
        count = 0;
        inStruct = false;
        return this;
    }

    private long place(int bytes, int alignment) {
        at = Math.ceilDiv(at, alignment) * alignment;
        if (!inStruct) {
            pointers.setAtIndex(ValueLayout.ADDRESS, count++, values.asSlice(at));
        }
        long here = at;
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
        gpu.attached().encode(map, values.asSlice(place(TensorMap.BYTES, 128), TensorMap.BYTES));
        return this;
    }

    /** The {@code count} maps before, once more: to copy takes a tenth of the time to encode. */
    public Launcher repeatMaps(int count) {
        long from = at - (long) count * TensorMap.BYTES;
        for (int i = 0; i < count; i++) {
            long here = place(TensorMap.BYTES, 128);
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
        long here = place(16, 8);
        values.set(ValueLayout.JAVA_LONG, here, address);
        values.set(ValueLayout.JAVA_INT, here + 8, type(dtype));
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
        Function started = kernel;
        if (started == null) {
            throw new IllegalStateException("no kernel was begun");
        }
        kernel = null;
        if (blocksX == 0 || blocksY == 0 || blocksZ == 0) {
            return;
        }
        if (blocksX > MOST_BLOCKS || blocksY > 65535 || blocksZ > 65535) {
            throw new IllegalArgumentException(
                    "%s: %d x %d x %d blocks".formatted(started.name(), blocksX, blocksY, blocksZ));
        }
        // CUlaunchConfig: grid, block, shared bytes, stream, attributes, their number.
        config.set(ValueLayout.JAVA_INT, 0, (int) blocksX);
        config.set(ValueLayout.JAVA_INT, 4, (int) blocksY);
        config.set(ValueLayout.JAVA_INT, 8, (int) blocksZ);
        config.set(ValueLayout.JAVA_INT, 12, threads);
        config.set(ValueLayout.JAVA_INT, 16, 1);
        config.set(ValueLayout.JAVA_INT, 20, 1);
        config.set(ValueLayout.JAVA_INT, 24, sharedBytes);
        config.set(ValueLayout.JAVA_LONG, 32, gpu.stream());
        config.set(ValueLayout.JAVA_LONG, 40, 0);
        config.set(ValueLayout.JAVA_INT, 48, 0);
        gpu.attached().launch(config, started.handle(), pointers, started.name());
    }
}
