package org.svgen.bench;

import org.svgen.forecast.OpProbe;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.op.Op;

/** Times operations, each by itself on random operands. */
final class KernelTimer implements AutoCloseable {
    private static final double MAX_SECONDS = 0.5;
    private static final double SMALL_COST = 2e7; // operations or bytes; fewer never take that long
    private static final double OPERANDS_SHARE_OF_MEMORY = 0.25;
    private static final double WARM_UP_FACTOR = 2; // of the time that is measured

    private final Backend backend;
    private final OpProbe probe;
    private final int rounds;
    private final double batchSeconds;

    /** Does not take {@code backend} over. */
    KernelTimer(Backend backend, int rounds, double batchSeconds) {
        this.backend = backend;
        this.probe = new OpProbe(backend);
        this.rounds = rounds;
        this.batchSeconds = batchSeconds;
    }

    /**
     * @param op what was timed: what was asked for, or a part of it
     * @param repetitions back to back, of which {@code seconds} is the mean
     */
    record Timed(Op op, double seconds, int repetitions) {}

    /** The median of all rounds; of a part where the whole would take long or not fit. */
    Timed time(Op op) {
        Op part = part(op);
        try (OpProbe.Placed placed = probe.place(part)) {
            Stopwatch watch = new Stopwatch();
            Batch batch = warm(Batch.of(batchSeconds, placed::run, backend::synchronize));
            watch.add(part.name(), batch);
            double seconds = Stopwatch.of(watch.medians(0, rounds, 1), part.name());
            return new Timed(part, seconds, batch.repetitions());
        }
    }

    /** Runs it until code is compiled and a GPU's clock is what it keeps; more may fit then. */
    private Batch warm(Batch cold) {
        long end = System.nanoTime() + (long) (WARM_UP_FACTOR * rounds * batchSeconds * 1e9);
        while (System.nanoTime() < end) {
            cold.run();
        }
        return Batch.of(batchSeconds, cold.once(), cold.synchronize());
    }

    private Op part(Op op) {
        double bytes = op.tensors().stream().mapToDouble(Tensor::bytes).sum();
        double share = OPERANDS_SHARE_OF_MEMORY * backend.capacity() / bytes;
        if (op.cost() > SMALL_COST) {
            share = Math.min(share, MAX_SECONDS / probe.seconds(op));
        }
        return op.cut(share);
    }

    @Override
    public void close() {
        probe.close();
    }
}
