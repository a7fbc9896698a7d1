package org.svgen.testkit;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.Activation;

/** What every backend does with rows: norms and gated residuals. */
public abstract class RowsContract extends BackendContract {

    @ParameterizedTest
    @CsvSource({"1,1", "3,7", "29,192", "5,1000", "17,65", "6,3072", "2,5120"})
    void normalisesLayersWithAnyOperands(int m, int c) {
        Tensor x = normal(activations(), 3, 2, m, c);
        Tensor w = random(DType.BF16, c);
        Tensor b = random(DType.F32, c);
        Tensor scale = random(c);
        Tensor shift = random(c);
        float eps = 1e-5f;
        agrees(
                poisoned(m, c),
                (at, out) -> at.ops().layerNorm(at.on(x), null, null, eps, null, null, out));
        agrees(
                poisoned(m, c),
                (at, out) ->
                        at.ops().layerNorm(at.on(x), at.on(w), at.on(b), eps, null, null, out));
        agrees(
                poisoned(m, c),
                (at, out) ->
                        at.ops()
                                .layerNorm(
                                        at.on(x),
                                        at.on(w),
                                        null,
                                        eps,
                                        at.on(scale),
                                        at.on(shift),
                                        out));
    }

    @ParameterizedTest
    @CsvSource({"1,1", "3,7", "29,192", "17,65"})
    void normalisesByRootMeanSquare(int m, int c) {
        Tensor x = random(m, c);
        Tensor w = random(DType.F16, c);
        agrees(poisoned(m, c), (at, out) -> at.ops().rmsNorm(at.on(x), at.on(w), 1e-6f, out));
        agrees(poisoned(m, c), (at, out) -> at.ops().rmsNorm(at.on(x), null, 1e-6f, out));
        agrees(
                poisoned(m, c),
                (at, out) -> at.ops().rmsNorm(at.on(x), at.on(w), 1e-6f, Activation.SILU, out));
    }

    /** As an autoencoder does it, whose pixels may be zeros. */
    @ParameterizedTest
    @CsvSource({"1,24", "37,32", "1001,96", "300,160", "129,192", "33,1024", "5,104"})
    void normalisesPixels(int m, int c) {
        Tensor x = random(m, c);
        x.rows(0, 1).host().fill((byte) 0);
        Tensor w = random(DType.BF16, c);
        agrees(
                poisoned(m, c),
                (at, out) -> at.ops().rmsNorm(at.on(x), at.on(w), 1e-24f, Activation.SILU, out));
    }

    @ParameterizedTest
    @CsvSource({"301,67", "3,512", "37,1540", "2,5120"})
    void addsGatedRows(int m, int c) {
        Tensor x = random(m, c);
        Tensor gate = random(c);
        agrees(random(m, c), (at, out) -> at.ops().addGated(at.on(x), at.on(gate), out));
        Tensor f32 = random(DType.F32, c);
        agrees(random(DType.F32, m, c), (at, out) -> at.ops().addGated(at.on(x), at.on(f32), out));
        Tensor faults = poisoned(DType.I32, 1);
        agrees(
                random(DType.F32, m, c),
                (at, out) -> at.ops().addGated(at.on(x), at.on(f32), out, at.on(faults)));
    }

    @ParameterizedTest
    @CsvSource({"301,67", "3,512", "37,1540", "2,5120"})
    void countsGatedSumsThatAreNotFinite(int m, int c) {
        Tensor x = random(m, c);
        Tensor gate = random(DType.F32, c);
        Tensor sum = random(DType.F32, m, c);
        Doubles.put(x, 0, Double.NaN);
        Doubles.put(x, m * c - 2, Double.POSITIVE_INFINITY);
        Doubles.put(sum, m * c / 2, Double.NEGATIVE_INFINITY);
        Tensor before = poisoned(DType.I32, 1);
        Doubles.put(before, 0, 5);
        agrees(
                before,
                (at, faults) -> at.ops().addGated(at.on(x), at.on(gate), at.on(sum), faults));
        Tensor zero = poisoned(DType.I32, 1);
        agrees(zero, 0, (at, faults) -> at.ops().fill(0, faults));
    }

    @ParameterizedTest
    @CsvSource({"3,7", "5,192", "5,1002", "4,3072", "2,5120"})
    void addsRowsAndNormalisesTheSums(int m, int c) {
        Tensor x = random(m, c);
        Tensor sum = normal(DType.F32, 3, 2, m, c);
        Tensor gate = random(DType.F32, c);
        Tensor w = random(DType.BF16, c);
        Tensor b = random(DType.BF16, c);
        Tensor scale = random(DType.F32, c);
        Tensor shift = random(DType.F32, c);
        float eps = 1e-6f;
        Tensor out = poisoned(m, c);
        agrees(
                out,
                (at, to) ->
                        at.ops()
                                .addNorm(
                                        at.on(x),
                                        at.on(gate),
                                        at.on(copy(sum)),
                                        null,
                                        null,
                                        eps,
                                        at.on(scale),
                                        at.on(shift),
                                        to));
        agrees(
                sum,
                (at, to) ->
                        at.ops()
                                .addNorm(
                                        at.on(x),
                                        at.on(gate),
                                        to,
                                        null,
                                        null,
                                        eps,
                                        null,
                                        null,
                                        at.on(copy(out))));
        // In place of what is added.
        agrees(
                x,
                (at, to) ->
                        at.ops()
                                .addNorm(
                                        to,
                                        null,
                                        at.on(copy(sum)),
                                        at.on(w),
                                        at.on(b),
                                        eps,
                                        null,
                                        null,
                                        to));
    }
}
