package org.svgen.pipeline;

import java.lang.foreign.Arena;
import java.util.Objects;
import org.svgen.tensor.Arenas;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;

/** Latents in host memory, which {@link #close} frees. */
public final class Latents implements AutoCloseable {
    private final Arena arena = Arena.ofShared();
    private final Tensor tensor;

    /**
     * Zeros, to be filled in.
     *
     * @param dims the dimensions, outermost first
     */
    public Latents(long... dims) {
        Objects.requireNonNull(dims, "dims");
        this.tensor = Tensor.zeros(arena, DType.F32, dims);
    }

    /** {@return F32, laid out as the model has it, see {@link Result#latents}} */
    public Tensor tensor() {
        return tensor;
    }

    @Override
    public void close() {
        Arenas.close(arena);
    }
}
