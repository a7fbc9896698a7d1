package org.svgen.checkpoint;

import java.lang.foreign.Arena;
import java.util.stream.IntStream;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Workspace;

/** Tensors whose rows a device computes, some at a time. */
final class FarRows {
    private static final int ELEMENTS_AT_ONCE = 1 << 22;

    private FarRows() {}

    /** Whether a device computes the tensor, if it is to have numbers of this type. */
    static boolean computes(Backend backend, ComputedTensor computed, DType dtype) {
        return !backend.readsHost()
                && computed.maker() instanceof DeviceRows
                && dtype != DType.F8_E4M3;
    }

    /** Bytes of the workspace that {@link #compute} takes; 0 for what no device computes. */
    static long workspaceBytes(ComputedTensor computed) {
        if (!(computed.maker() instanceof DeviceRows rows)) {
            return 0;
        }
        int columns = columns(computed);
        int some = atOnce(computed);
        return bytes(some, columns, Float.BYTES) + rows.workspaceBytes(some, columns);
    }

    /** Computes the numbers, each rounded once, into {@code there}. */
    static void compute(ComputedTensor computed, Workspace workspace, Tensor there) {
        DeviceRows rows = (DeviceRows) computed.maker();
        int count = computed.rows();
        Tensor byRow = there.reshape(count, columns(computed));
        int some = atOnce(computed);
        for (int from = 0; from < count; from += some) {
            Tensor out = byRow.rows(from, Math.min(from + some, count));
            try (Workspace.Scope scope = workspace.scope()) {
                Tensor numbers = workspace.allocate(DType.F32, out.shape().dims());
                rows.compute(workspace, from, numbers);
                workspace.ops().convert(numbers, out);
            }
        }
    }

    /** As above, into new memory of the device. */
    static Tensor made(ComputedTensor computed, Backend backend, DType dtype) {
        long bytes = Tensor.bytes(dtype, computed.shape());
        Tensor there = new Tensor(dtype, computed.shape(), backend.allocate(bytes), 0);
        try (Workspace workspace = new Workspace(backend, workspaceBytes(computed), DType.F32)) {
            compute(computed, workspace, there);
            backend.synchronize(); // before the workspace goes
            return there;
        } catch (RuntimeException | Error e) {
            backend.release(there.storage());
            throw e;
        }
    }

    private static int columns(ComputedTensor computed) {
        return Math.toIntExact(computed.shape().elements() / computed.rows());
    }

    /** The same wherever a tensor is computed, so that sums are the same. */
    private static int atOnce(ComputedTensor computed) {
        return Math.clamp(ELEMENTS_AT_ONCE / columns(computed), 1, computed.rows());
    }

    static long bytes(long rows, long columns, int each) {
        return WeightCount.aligned(rows * columns * each);
    }

    static long bringBytes(HostTensor host, int rows, int columns) {
        return switch (host) {
            case ComputedTensor(_, _, DeviceRows own) -> own.workspaceBytes(rows, columns);
            case MappedTensor(Tensor tensor) -> bytes(rows, columns, tensor.dtype().bytes());
            case ComputedTensor _, CodedTensor _ -> 0;
        };
    }

    static void bring(HostTensor host, Workspace workspace, int from, Tensor out) {
        int to = from + out.size(0);
        int columns = out.size(1);
        try (Workspace.Scope scope = workspace.scope();
                Arena arena = Arena.ofShared()) {
            switch (host) {
                case ComputedTensor(_, _, DeviceRows rows) -> rows.compute(workspace, from, out);
                case MappedTensor(Tensor tensor) -> {
                    Tensor byRow = tensor.reshape(host.rows(), columns).rows(from, to);
                    workspace.ops().convert(workspace.copyOf(byRow), out);
                }
                case ComputedTensor _, CodedTensor _ ->
                        workspace.backend().write(here(host, from, to, columns, arena), out);
            }
        }
    }

    private static Tensor here(HostTensor host, int from, int to, int columns, Arena arena) {
        Tensor rows = Tensor.zeros(arena, DType.F32, to - from, columns);
        IntStream.range(from, to)
                .parallel()
                .forEach(row -> ComputedTensor.put(host.row(row), rows.get(row - from)));
        return rows;
    }
}
