package org.svgen.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.svgen.tensor.DType;
import org.svgen.tensor.Shape;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.op.Ops;
import org.svgen.tensor.op.Ops.HeadNorm;
import org.svgen.tensor.op.Weight;

/**
 * Runs an operation on the backend under test and on {@link ReferenceOps} with the same seeded
 * inputs, and compares. Outputs lie between guards and are poisoned before.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class BackendContract {
    private static final int GUARD = 64;
    private static final float POISON = Float.NaN;

    private final Arena arena = Arena.ofAuto();
    private final Random random = new Random(20251123);
    private @Nullable Backend backend;

    /** Opens the backend under test; closed after the last test. */
    protected abstract Backend open();

    /** The type of activations. */
    protected DType activations() {
        return DType.F32;
    }

    /** How far results may be from the reference, relative in the 2-norm. */
    protected double tolerance() {
        return 2e-6;
    }

    @BeforeAll
    void openBackend() {
        backend = open();
    }

    @AfterAll
    void closeBackend() {
        backend().close();
    }

    final Backend backend() {
        if (backend == null) {
            throw new IllegalStateException("not open");
        }
        return backend;
    }

    /** Where a call runs, and its inputs made readable there. */
    interface Place {
        Ops ops();

        Tensor on(Tensor host);

        default @Nullable Tensor onNullable(@Nullable Tensor host) {
            return host == null ? null : on(host);
        }

        /** Without a scale. */
        default Weight weight(Tensor values) {
            return Weight.of(on(values));
        }

        default Weight on(Weight weight) {
            return weight.on(this::on);
        }

        default HeadNorm on(HeadNorm norm) {
            return new HeadNorm(
                    norm.kind(), onNullable(norm.weight()), onNullable(norm.bias()), norm.eps());
        }
    }

    /** An operation with its inputs. */
    @FunctionalInterface
    interface Call {
        void run(Place place, Tensor out);
    }

    /** The call writes the same into {@code out} as the reference does. */
    final void agrees(Tensor out, Call call) {
        agrees(out, tolerance(), call);
    }

    final void agrees(Tensor out, double tolerance, Call call) {
        Tensor expected = reference(out, call);
        Tensor actual = run(out, call);
        if (out.dtype().isFloat()) {
            assertThat(Errors.relative(actual.toFloats(), expected.toFloats()))
                    .as("relative error of %s", out)
                    .isLessThanOrEqualTo(tolerance);
        } else {
            assertThat(Doubles.of(actual).values()).isEqualTo(Doubles.of(expected).values());
        }
    }

    /** What the reference makes of {@code out}. */
    final Tensor reference(Tensor out, Call call) {
        Tensor expected = copy(out);
        call.run(place(new ReferenceOps(), null), expected);
        return expected;
    }

    /** What the backend makes of {@code out}, which holds what {@code out} holds before. */
    final Tensor run(Tensor out, Call call) {
        int n = Math.toIntExact(out.elements());
        Tensor guarded = Tensor.zeros(arena, out.dtype(), n + 2 * GUARD);
        for (int i = 0; i < guarded.elements(); i++) {
            Doubles.put(guarded, i, 77);
        }
        guarded.rows(GUARD, GUARD + n).host().copyFrom(out.host());
        Tensor there = backend().upload(guarded);
        Tensor target = there.rows(GUARD, GUARD + n).reshape(out.shape().dims());
        call.run(place(backend().ops(), backend()), target);
        backend().synchronize();
        Tensor back = Tensor.zeros(arena, out.dtype(), n + 2 * GUARD);
        backend().download(there, back);
        assertThat(Doubles.of(back.rows(0, GUARD)).values()).containsOnly(77);
        assertThat(Doubles.of(back.rows(GUARD + n, n + 2 * GUARD)).values()).containsOnly(77);
        return back.rows(GUARD, GUARD + n).reshape(out.shape().dims());
    }

    private static Place place(Ops ops, @Nullable Backend backend) {
        return new Place() {
            @Override
            public Ops ops() {
                return ops;
            }

            @Override
            public Tensor on(Tensor host) {
                return backend == null ? host : backend.upload(host);
            }
        };
    }

    /** Normally distributed activations. */
    final Tensor random(long... dims) {
        return random(activations(), dims);
    }

    final Tensor random(DType dtype, long... dims) {
        return normal(dtype, 0, 1, dims);
    }

    final Tensor normal(DType dtype, double mean, double deviation, long... dims) {
        Tensor tensor = Tensor.zeros(arena, dtype, dims);
        for (int i = 0; i < tensor.elements(); i++) {
            Doubles.put(tensor, i, mean + deviation * random.nextGaussian());
        }
        return tensor;
    }

    final Tensor ints(int[] values, long... dims) {
        return Tensor.of(arena, values, dims);
    }

    /** Any finite 8-bit floats below 2. */
    final Tensor bytes(DType dtype, long... dims) {
        Tensor tensor = Tensor.zeros(arena, dtype, dims);
        for (long i = 0; i < tensor.elements(); i++) {
            int withoutUpperExponents = random.nextInt(256) & ~64;
            tensor.host().set(ValueLayout.JAVA_BYTE, i, (byte) withoutUpperExponents);
        }
        return tensor;
    }

    final int below(int bound) {
        return random.nextInt(bound);
    }

    /** An output whose every element must be written. */
    final Tensor poisoned(long... dims) {
        return poisoned(activations(), dims);
    }

    final Tensor poisoned(DType dtype, long... dims) {
        Tensor tensor = Tensor.zeros(arena, dtype, dims);
        for (int i = 0; i < tensor.elements(); i++) {
            Doubles.put(tensor, i, dtype.isFloat() ? POISON : -1);
        }
        return tensor;
    }

    final Tensor copy(Tensor tensor) {
        Shape shape = tensor.shape();
        Tensor to = Tensor.zeros(arena, tensor.dtype(), shape.dims());
        to.host().copyFrom(tensor.host());
        return to;
    }
}
