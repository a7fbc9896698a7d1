package org.svgen.bench;

import java.util.ArrayList;
import java.util.List;
import org.svgen.pipeline.Stage;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.Op;

/**
 * How long an operation of a model takes.
 *
 * @param stage of the run, that it belongs to
 * @param variant what it does beyond the plainest form
 * @param operands types and shapes, the result last
 * @param whole false if they are a part of what the model has
 * @param repetitions back to back, of which {@code milliseconds} is the mean
 * @param operations in floating point, a multiplication and an addition being two
 * @param bytes that must be read and written
 * @param limit which of the two takes longer
 */
record TimedKernel(
        Stage stage,
        String operation,
        String variant,
        List<String> operands,
        boolean whole,
        double milliseconds,
        int repetitions,
        double operations,
        double bytes,
        double teraflops,
        double terabytes,
        Limit limit) {
    enum Limit {
        OPERATIONS,
        BYTES
    }

    static TimedKernel of(Stage stage, Op asked, KernelTimer.Timed timed) {
        Op op = timed.op();
        return new TimedKernel(
                stage,
                op.name(),
                op.variant(),
                operands(op),
                op == asked,
                timed.seconds() * 1e3,
                timed.repetitions(),
                op.operations(),
                op.bytes(),
                op.operations() / timed.seconds() * 1e-12,
                op.bytes() / timed.seconds() * 1e-12,
                op.operations() > 0 ? Limit.OPERATIONS : Limit.BYTES);
    }

    /** The same, limited as a device of such rates would be. */
    TimedKernel limited(double mostTeraflops, double mostTerabytes) {
        Limit found =
                operations / mostTeraflops > bytes / mostTerabytes ? Limit.OPERATIONS : Limit.BYTES;
        return new TimedKernel(
                stage,
                operation,
                variant,
                operands,
                whole,
                milliseconds,
                repetitions,
                operations,
                bytes,
                teraflops,
                terabytes,
                found);
    }

    static String name(Op op) {
        return name(op.name(), op.variant());
    }

    private static String name(String operation, String variant) {
        return variant.isEmpty() ? operation : operation + ", " + variant;
    }

    static List<String> operands(Op op) {
        return op.tensors().stream().map(TimedKernel::operand).toList();
    }

    private static String operand(Tensor tensor) {
        return "%s%s".formatted(tensor.dtype(), tensor.shape());
    }

    String text() {
        return "%-34s %10.4f ms  %s  %s%s"
                .formatted(
                        name(operation, variant),
                        milliseconds,
                        switch (limit) {
                            case OPERATIONS ->
                                    "%12.3f GFLOP %8.3f TFLOP/s"
                                            .formatted(operations * 1e-9, teraflops);
                            case BYTES ->
                                    "%12.4f GB    %8.3f TB/s   ".formatted(bytes * 1e-9, terabytes);
                        },
                        shapes(),
                        whole ? "" : ", a part");
    }

    /** Operands of more than one dimension, each that comes several times in a row once. */
    private String shapes() {
        List<String> shown = new ArrayList<>();
        for (String operand : operands) {
            if (operand.contains(",") && (shown.isEmpty() || !shown.getLast().equals(operand))) {
                shown.add(operand);
            }
        }
        return String.join(" ", shown.isEmpty() ? operands : shown);
    }
}
