package org.svgen.cuda.ffi;

import static org.svgen.cuda.ffi.NativeFunctions.INT;
import static org.svgen.cuda.ffi.NativeFunctions.LONG;
import static org.svgen.cuda.ffi.NativeFunctions.POINTER;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.svgen.cuda.ffi.NativeFunctions.Function;

/**
 * The driver's functions for copies between GPUs. Where one cannot reach the memory of the other,
 * the driver takes them through pinned host memory of its own.
 */
public final class CudaPeers {
    private static final int DISABLE_TIMING = 2; // CUevent_flags
    private static final int ALREADY_ENABLED = 704; // CUresult
    private static final int IN_DEVICE_MEMORY = 2; // CUmemorytype
    private static final int OF_DEVICE = 1; // CUmemLocationType
    private static final int READ_AND_WRITE = 3; // CUmemAccess_flags

    // Offsets in a CUDA_MEMCPY3D_PEER.
    private static final int SOURCE = 0;
    private static final int TARGET = 88;
    private static final int MEMORY_TYPE = 32;
    private static final int ADDRESS = 48;
    private static final int CONTEXT = 64;
    private static final int PITCH = 72;
    private static final int HEIGHT = 80;
    private static final int WIDTH_IN_BYTES = 176;
    private static final int ROWS = 184;
    private static final int DEPTH = 192;
    private static final int BYTES = 200;

    private final DriverCalls calls;
    private final Function copy;
    private final Function copyRows;

    CudaPeers(DriverCalls calls) {
        this.calls = calls;
        copy = calls.function("cuMemcpyPeerAsync", LONG, LONG, LONG, LONG, LONG, LONG);
        copyRows = calls.function("cuMemcpy3DPeerAsync", POINTER, LONG);
    }

    /**
     * Rows in the memory of a context's device.
     *
     * @param pitch bytes from the begin of one to that of the next
     */
    public record Rows(long context, long address, long pitch) {}

    /** True if {@code device} reaches the memory of {@code peer}. */
    public boolean reaches(int device, int peer) {
        return calls.outInt(
                        calls.function("cuDeviceCanAccessPeer", POINTER, INT, INT),
                        "",
                        device,
                        peer)
                != 0;
    }

    /** Lets the current context, which is {@code device}'s, reach what {@code peer} allocates. */
    public void open(int device, long peerContext, long peerPool) {
        Function enable = calls.function("cuCtxEnablePeerAccess", LONG, INT);
        int result = enable.call(peerContext, 0);
        if (result != 0 && result != ALREADY_ENABLED) {
            throw calls.failed(result, enable, "");
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment access =
                    arena.allocateFrom(ValueLayout.JAVA_INT, OF_DEVICE, device, READ_AND_WRITE);
            calls.check(
                    calls.function("cuMemPoolSetAccess", LONG, POINTER, LONG),
                    "",
                    peerPool,
                    access,
                    1L);
        }
    }

    /** An event that streams wait for and nobody times. */
    public long createMark() {
        return calls.outLong(calls.function("cuEventCreate", POINTER, INT), "", DISABLE_TIMING);
    }

    /** Copies in the order of a stream of the current context. */
    public void copy(Rows from, Rows to, long width, long rows, long stream) {
        if (rows == 1 || (from.pitch == width && to.pitch == width)) {
            calls.check(
                    copy,
                    "",
                    to.address,
                    to.context,
                    from.address,
                    from.context,
                    width * rows,
                    stream);
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment told = arena.allocate(BYTES, Long.BYTES);
            tell(told.asSlice(SOURCE), from, rows);
            tell(told.asSlice(TARGET), to, rows);
            told.set(ValueLayout.JAVA_LONG, WIDTH_IN_BYTES, width);
            told.set(ValueLayout.JAVA_LONG, ROWS, rows);
            told.set(ValueLayout.JAVA_LONG, DEPTH, 1);
            calls.check(copyRows, "", told, stream);
        }
    }

    private static void tell(MemorySegment side, Rows rows, long count) {
        side.set(ValueLayout.JAVA_INT, MEMORY_TYPE, IN_DEVICE_MEMORY);
        side.set(ValueLayout.JAVA_LONG, ADDRESS, rows.address);
        side.set(ValueLayout.JAVA_LONG, CONTEXT, rows.context);
        side.set(ValueLayout.JAVA_LONG, PITCH, rows.pitch);
        side.set(ValueLayout.JAVA_LONG, HEIGHT, count);
    }
}
