package org.svgen.tensor;

import java.util.function.Consumer;

/**
 * Runs a model's code without computing, to learn how much workspace it needs and what it will
 * compute: operations are only counted and storages have a size but no bytes.
 */
public final class DryRun {
    private static final long UNLIMITED = Long.MAX_VALUE / 2;

    private DryRun() {}

    /**
     * What was learnt.
     *
     * @param workspaceBytes that were used at most
     */
    public record Played(long workspaceBytes, Work work) {}

    /** Plays {@code code} with activations of that type. */
    public static Played play(DType activation, Consumer<Workspace> code) {
        Work work = new Work();
        try (Workspace workspace = new Workspace(new DryBackend(work), UNLIMITED, activation)) {
            code.accept(workspace);
            return new Played(workspace.highWater(), work);
        }
    }

    /** As below for models that compute in F32. */
    public static long workspaceBytes(Consumer<Workspace> code) {
        return workspaceBytes(DType.F32, code);
    }

    /** The bytes of workspace with activations of that type that {@code code} uses at most. */
    public static long workspaceBytes(DType activation, Consumer<Workspace> code) {
        return play(activation, code).workspaceBytes();
    }

    /** A backend that computes nothing; downloads give zeros. */
    public static Backend backend() {
        return new DryBackend(new Work());
    }

    /** A tensor with a shape and no bytes. */
    public static Tensor phantom(DType dtype, long... dims) {
        Shape shape = Shape.of(dims);
        return new Tensor(dtype, shape, new DryBackend.Phantom(Tensor.bytes(dtype, shape)), 0);
    }
}
