package org.svgen.tensor.device;

import java.util.function.Consumer;
import org.svgen.tensor.DType;

/**
 * Runs a model's code without computing, to learn how much workspace it needs and what it will
 * compute: operations are only counted and storages have a size but no bytes.
 */
public final class DryRun {
    private static final long UNLIMITED = Long.MAX_VALUE / 2;

    private DryRun() {}

    /**
     * What the run showed.
     *
     * @param workspaceBytes that were used at most
     * @param work the operations, with their sizes
     */
    public record Played(long workspaceBytes, Work work) {}

    /**
     * Plays {@code code} with activations of that type.
     *
     * @param activation type of the activations
     * @param code computes in the workspace that it is given
     * @return what it asked for
     */
    public static Played play(DType activation, Consumer<Workspace> code) {
        Work work = new Work();
        try (Workspace workspace = new Workspace(new DryBackend(work), UNLIMITED, activation)) {
            code.accept(workspace);
            return new Played(workspace.highWater(), work);
        }
    }

    /**
     * As below for models that compute in F32.
     *
     * @param code computes in the workspace that it is given
     * @return bytes of workspace
     */
    public static long workspaceBytes(Consumer<Workspace> code) {
        return workspaceBytes(DType.F32, code);
    }

    /**
     * {@return the bytes of workspace with activations of that type that {@code code} uses at most}
     *
     * @param activation type of the activations
     * @param code computes in the workspace that it is given
     */
    public static long workspaceBytes(DType activation, Consumer<Workspace> code) {
        return play(activation, code).workspaceBytes();
    }

    /** {@return a backend that computes nothing; downloads give zeros} */
    public static Backend backend() {
        return new DryBackend(new Work());
    }
}
