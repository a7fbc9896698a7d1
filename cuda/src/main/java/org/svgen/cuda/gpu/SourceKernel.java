package org.svgen.cuda.gpu;

import java.util.List;
import java.util.Optional;

/**
 * A kernel whose machine code is built of one source, perhaps not for this GPU.
 *
 * @param <C> the call
 */
public abstract class SourceKernel<C> implements Kernel<C> {
    /** Launches it. */
    protected final Gpu gpu;

    private final String name;
    private final String source;
    private final List<Requirement<C>> requirements;

    /**
     * @param name for people
     * @param source its name, without an ending
     * @param requirements what it asks of a call
     */
    protected SourceKernel(Gpu gpu, String name, String source, List<Requirement<C>> requirements) {
        this.gpu = gpu;
        this.name = name;
        this.source = source;
        this.requirements = List.copyOf(requirements);
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final Optional<String> missing() {
        return gpu.kernels().missing(source);
    }

    @Override
    public final List<Requirement<C>> requirements() {
        return requirements;
    }
}
