package org.svgen.forecast;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.DoubleSupplier;
import org.svgen.tensor.Arenas;
import org.svgen.tensor.BFloat16;
import org.svgen.tensor.DType;
import org.svgen.tensor.Float8;
import org.svgen.tensor.Storage;
import org.svgen.tensor.SvgenException;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.op.Op;

/** Does single operations on random operands, and times them. */
public final class OpProbe implements AutoCloseable {
    private static final double LONG_ENOUGH = 0.01; // seconds
    private static final long MOST_BYTES = 1L << 30;
    private static final double FIRST_COST = 2e8;
    private static final long FIRST_BYTES = 1L << 22;
    private static final double WARM = 0.4; // seconds until the code of an operation is compiled
    private static final double LEAST_SPENT = 0.01; // seconds for one measurement
    private static final double MOST_SPENT = 1;
    private static final double AGREE = 1.15;
    private static final int ROUNDS = 3;
    private static final int BLOCK = 1 << 16;
    private static final long UPLOAD = 64L << 20;

    private final Backend backend;
    private final Arena arena = Arena.ofShared();
    private final Map<String, Double> warm = new HashMap<>(); // by operation, at what cost
    private final Map<DType, Tensor> blocks = new EnumMap<>(DType.class);

    /**
     * Measures on one device.
     *
     * @param backend computes
     */
    public OpProbe(Backend backend) {
        this.backend = backend;
    }

    /**
     * An operation and its operands on the device, which {@link #close} frees.
     *
     * @param op the operation
     * @param backend computes
     * @param taken memory of the operands
     */
    public record Placed(Op op, Backend backend, List<Storage> taken) implements AutoCloseable {
        /**
         * Does it; may return before the device has finished.
         *
         * @throws SvgenException if the device cannot do it
         */
        public void run() {
            try {
                backend.ops().run(op);
            } catch (IllegalStateException | SvgenException e) {
                throw e; // the device was closed, or says itself what is wrong
            } catch (RuntimeException e) {
                throw new SvgenException(op.name() + " cannot be measured", e);
            }
        }

        @Override
        public void close() {
            taken.forEach(backend::release);
        }
    }

    /**
     * Gives an operation random operands, and such as it asks for.
     *
     * @param op the operation, with its sizes
     * @return the operation, ready to run
     */
    public Placed place(Op op) {
        List<Storage> taken = new ArrayList<>();
        try {
            Map<Tensor, Tensor> places = new IdentityHashMap<>();
            Op there = op.on(like -> places.computeIfAbsent(like, t -> place(op, t, taken)));
            return new Placed(there, backend, taken);
        } catch (RuntimeException e) {
            taken.forEach(backend::release);
            throw e;
        }
    }

    /**
     * {@return how long one such operation takes: the whole, or what a part of it tells}
     *
     * @param op the operation, with its sizes
     */
    public double seconds(Op op) {
        return seconds(op, Double.POSITIVE_INFINITY);
    }

    /**
     * {@return how long one such operation takes: the whole, or what a part of it tells} Small
     * operations of a short run would take longer to measure than to do. So each measurement does
     * at most as much as the run will do, which runs code that is as little compiled.
     *
     * @param op the operation, with its sizes
     * @param calls how often a run does it
     */
    double seconds(Op op, double calls) {
        double bytes = op.tensors().stream().mapToDouble(Tensor::bytes).sum();
        double most = Math.min(1, Math.min(MOST_BYTES, backend.capacity() / 4.0) / bytes);
        // Small at first, so that code which is not compiled yet costs little.
        double share = Math.min(most, Math.min(FIRST_BYTES / bytes, FIRST_COST / op.cost()));
        // Large operands may take other paths than small ones did.
        double cost = op.cut(share).cost();
        if (cost > 10 * warm.getOrDefault(op.name(), 0.0)) {
            warm.put(op.name(), cost);
            measure(op.cut(share), WARM, calls * op.cost() / cost);
        }
        while (true) {
            Op part = op.cut(share);
            double scale = Math.max(1, op.cost() / part.cost());
            double seconds = measure(part, LEAST_SPENT, calls * scale);
            double next = Math.min(most, share * Math.min(64, LONG_ENOUGH / seconds));
            if (next < 1.5 * share) {
                return seconds * scale;
            }
            share = next;
        }
    }

    /**
     * {@return seconds of one operation, repeated until its times agree}
     *
     * @param op the operation
     * @param least seconds that it is repeated for
     */
    public double measure(Op op, double least) {
        return measure(op, least, Double.POSITIVE_INFINITY);
    }

    private double measure(Op op, double least, double mostTimes) {
        try (Placed placed = place(op)) {
            return steady(() -> once(placed), least, mostTimes);
        }
    }

    /** The median of three in a row that agree: at first kernels are loaded and code compiled. */
    private static double steady(DoubleSupplier measurement, double least, double mostTimes) {
        double[] last = new double[ROUNDS];
        double spent = 0;
        for (int i = 0; ; i++) {
            last[i % ROUNDS] = measurement.getAsDouble();
            spent += last[i % ROUNDS];
            double[] sorted = last.clone();
            Arrays.sort(sorted);
            boolean agree = sorted[ROUNDS - 1] < AGREE * sorted[0] && spent > least;
            if (i >= ROUNDS && (agree || spent > MOST_SPENT + least || i >= mostTimes)) {
                return sorted[ROUNDS / 2];
            }
        }
    }

    private double once(Placed placed) {
        backend.synchronize();
        long start = System.nanoTime();
        placed.run();
        backend.synchronize();
        return (System.nanoTime() - start) / 1e9;
    }

    private Tensor place(Op op, Tensor like, List<Storage> taken) {
        Storage storage = backend.allocate(like.bytes());
        taken.add(storage);
        Tensor there = new Tensor(like.dtype(), like.shape(), storage, 0);
        int[] numbers = op.numbers(like);
        if (numbers != null) {
            backend.write(Tensor.of(arena, numbers, like.shape().dims()), there);
            return there;
        }
        Tensor flat = there.reshape(there.elements());
        Tensor block = blocks.computeIfAbsent(like.dtype(), this::block);
        for (long at = 0; at < flat.elements(); at += BLOCK) {
            long count = Math.min(BLOCK, flat.elements() - at);
            backend.write(block.rows(0, count), flat.rows(at, at + count));
        }
        return there;
    }

    /**
     * Normally distributed numbers; whole ones are 0 and 1 by turns, which are tokens and kinds.
     */
    private Tensor block(DType dtype) {
        Random random = new Random(1);
        Tensor block = Tensor.zeros(arena, dtype, BLOCK);
        MemorySegment host = block.host();
        for (int i = 0; i < BLOCK; i++) {
            float value = (float) random.nextGaussian();
            switch (dtype) {
                case F32 -> host.setAtIndex(ValueLayout.JAVA_FLOAT, i, value);
                case BF16 -> host.setAtIndex(ValueLayout.JAVA_SHORT, i, BFloat16.fromFloat(value));
                case F16 -> host.setAtIndex(ValueLayout.JAVA_SHORT, i, Float.floatToFloat16(value));
                case F8_E4M3 -> host.set(ValueLayout.JAVA_BYTE, i, Float8.toE4m3(100 * value));
                case I32 -> host.setAtIndex(ValueLayout.JAVA_INT, i, i % 2);
                default -> {}
            }
        }
        return block;
    }

    double uploadBytesPerSecond() {
        Tensor host = Tensor.zeros(arena, DType.U8, UPLOAD);
        Storage storage = backend.allocate(UPLOAD);
        try {
            Tensor there = new Tensor(DType.U8, host.shape(), storage, 0);
            backend.write(host, there);
            backend.synchronize();
            long start = System.nanoTime();
            backend.write(host, there);
            backend.synchronize();
            return UPLOAD / ((System.nanoTime() - start) / 1e9);
        } finally {
            backend.release(storage);
        }
    }

    @Override
    public void close() {
        Arenas.close(arena);
    }
}
