package org.svgen.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.reflect.Proxy;
import java.util.function.Consumer;

/**
 * Runs a model's code without computing, to learn how much workspace it needs: operations do
 * nothing and storages have a size but no bytes.
 */
public final class DryRun {
    private static final long UNLIMITED = Long.MAX_VALUE / 2;

    private DryRun() {}

    /** As below for models that compute in F32. */
    public static long workspaceBytes(Consumer<Workspace> code) {
        return workspaceBytes(DType.F32, code);
    }

    /** The bytes of workspace with activations of that type that {@code code} uses at most. */
    public static long workspaceBytes(DType activation, Consumer<Workspace> code) {
        try (Workspace workspace = new Workspace(new CountingBackend(), UNLIMITED, activation)) {
            code.accept(workspace);
            return workspace.highWater();
        }
    }

    private record Phantom(long byteSize) implements Storage {}

    private static final class CountingBackend implements Backend {
        private final Ops ops =
                (Ops)
                        Proxy.newProxyInstance(
                                Ops.class.getClassLoader(),
                                new Class<?>[] {Ops.class},
                                (proxy, method, args) -> null);

        @Override
        public String name() {
            return "dry run";
        }

        @Override
        public String description() {
            return "computes nothing";
        }

        @Override
        public Ops ops() {
            return ops;
        }

        @Override
        public Storage allocate(long bytes) {
            return new Phantom(bytes);
        }

        @Override
        public void release(Storage storage) {}

        @Override
        public Tensor upload(Tensor host) {
            return host;
        }

        @Override
        public Tensor upload(Tensor host, DType dtype) {
            return new Tensor(
                    dtype, host.shape(), new Phantom(Tensor.bytes(dtype, host.shape())), 0);
        }

        @Override
        public void write(Tensor host, Tensor tensor) {}

        @Override
        public void download(Tensor tensor, Tensor host) {
            MemorySegment segment = host.host();
            segment.fill((byte) 0);
        }

        @Override
        public void synchronize() {}

        @Override
        public Memory memory() {
            return new Memory(0, 0);
        }

        @Override
        public void close() {}
    }
}
