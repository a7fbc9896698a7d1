package org.svgen.cuda.ffi;

import static org.svgen.cuda.ffi.NativeFunctions.INT;
import static org.svgen.cuda.ffi.NativeFunctions.LONG;
import static org.svgen.cuda.ffi.NativeFunctions.POINTER;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.svgen.cuda.ffi.NativeFunctions.Function;

/** The driver's functions for graphs: work that is noted once and started as often as one likes. */
public final class CudaGraphs {
    private static final int THREAD_LOCAL = 1; // CUstreamCaptureMode

    private final DriverCalls calls;
    private final Function beginCapture;
    private final Function endCapture;
    private final Function instantiate;
    private final Function launch;
    private final Function destroy;
    private final Function destroyExecutable;

    CudaGraphs(DriverCalls calls) {
        this.calls = calls;
        beginCapture = calls.function("cuStreamBeginCapture_v2", LONG, INT);
        endCapture = calls.function("cuStreamEndCapture", LONG, POINTER);
        instantiate = calls.function("cuGraphInstantiateWithFlags", POINTER, LONG, LONG);
        launch = calls.function("cuGraphLaunch", LONG, LONG);
        destroy = calls.function("cuGraphDestroy", LONG);
        destroyExecutable = calls.function("cuGraphExecDestroy", LONG);
    }

    /**
     * What {@code work} gives to the stream, which is noted and not done.
     *
     * @return an executable graph, to be given back by {@link #destroy}
     */
    public long capture(long stream, Runnable work) {
        calls.check(beginCapture, "", stream, THREAD_LOCAL);
        try {
            work.run();
        } catch (RuntimeException e) {
            abandon(stream, e);
            throw e;
        }
        long graph = end(stream);
        try {
            return calls.outLong(instantiate, "", graph, 0L);
        } finally {
            calls.check(destroy, "", graph);
        }
    }

    private void abandon(long stream, RuntimeException cause) {
        try {
            calls.check(destroy, "", end(stream));
        } catch (CudaException e) {
            cause.addSuppressed(e);
        }
    }

    private long end(long stream) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment graph = arena.allocate(ValueLayout.JAVA_LONG);
            calls.check(endCapture, "", stream, graph);
            return graph.get(ValueLayout.JAVA_LONG, 0);
        }
    }

    /** Starts all of an executable graph, in the order of the stream. */
    public void launch(long executable, long stream) {
        calls.check(launch, "", executable, stream);
    }

    /** An executable graph that still runs goes on to its end. */
    public void destroy(long executable) {
        calls.check(destroyExecutable, "", executable);
    }
}
