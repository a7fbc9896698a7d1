package org.svgen.run;

import java.util.List;
import java.util.Optional;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.Plan;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Rules;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.Field;
import org.svgen.tensor.Message;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Work;
import org.svgen.tensor.op.Activation;
import org.svgen.tensor.op.AttentionOp;
import org.svgen.tensor.op.AttentionPlan;
import org.svgen.tensor.op.AttentionPrecision;
import org.svgen.tensor.op.LinearOp;
import org.svgen.tensor.op.LinearPairOp;
import org.svgen.tensor.op.Op;
import org.svgen.tensor.op.Weight;

/** Whether devices attend and multiply in 8 bits. */
public final class EightBits {
    /** Channels of a head that models are known to have. */
    public static final List<Integer> HEAD_DIMS = List.of(64, 128);

    private static final int TOKENS = 1024; // of a call to ask about: any would do
    private static final int WIDTH = 512;

    private EightBits() {}

    /**
     * {@return why a device does not attend in 8 bits to heads of a model; empty if it does}
     *
     * @param backend computes
     * @param layers type of the denoiser's large layers, and so of attention's operands
     * @param headDim channels of a head
     */
    public static Optional<String> missing(Backend backend, DType layers, int headDim) {
        Tensor heads = Tensor.phantom(layers, 1, 1, TOKENS, headDim);
        return backend.refuses(
                new AttentionOp(
                        heads,
                        heads,
                        heads,
                        AttentionPlan.dense(TOKENS, TOKENS),
                        null,
                        1,
                        AttentionPrecision.EIGHT_BITS,
                        Tensor.phantom(layers, 1, TOKENS, 1, headDim)));
    }

    /**
     * Ends where 8 bits are asked for and the device does not have them.
     *
     * @param settings how attention is computed
     * @param backend computes
     * @param layers type of the denoiser's large layers
     * @param headDim channels of a head
     * @throws BadInputException naming device, layers and reason
     */
    public static void require(
            AttentionSettings settings, Backend backend, DType layers, int headDim) {
        if (!settings.attentionDtype().eightBits()) {
            return;
        }
        missing(backend, layers, headDim)
                .ifPresent(why -> {
                    throw BadInputException.of(
                            Rules.ATTENTION_DTYPE.field(),
                            "a device that attends in 8 bits",
                            settings.attentionDtype(),
                            Message.of(
                                    "%s %s: expected a device that attends in 8 bits, found %s with"
                                            + " layers in %s and heads of %d channels (%s); auto"
                                            + " takes what is there",
                                    Rules.ATTENTION_DTYPE.field(),
                                    settings.attentionDtype(),
                                    backend.name(),
                                    layers,
                                    headDim,
                                    why));
                });
    }

    /**
     * {@return why a device does not multiply in 8 bits; empty if it does}
     *
     * @param backend computes
     * @param layers type of the denoiser's large layers, and so of the products' inputs
     */
    public static Optional<String> missingProducts(Backend backend, DType layers) {
        Weight weight =
                new Weight(
                        Tensor.phantom(DType.F8_E4M3, WIDTH, WIDTH),
                        Tensor.phantom(DType.F32, WIDTH),
                        Weight.Inputs.EIGHT_BITS);
        Tensor rows = Tensor.phantom(layers, TOKENS, WIDTH);
        return backend.refuses(new LinearOp(rows, weight, null, Activation.NONE, rows));
    }

    /**
     * Ends where products in 8 bits are asked for and the device does not have them.
     *
     * @param request asks
     * @param backend computes
     * @param layers type of the denoiser's large layers
     * @throws BadInputException naming device, layers and reason
     */
    static void requireProducts(Request request, Backend backend, DType layers) {
        if (!request.productsInEightBits()) {
            return;
        }
        missingProducts(backend, layers)
                .ifPresent(why -> {
                    throw BadInputException.of(
                            Rules.DTYPE.field(),
                            "a device that multiplies in 8 bits",
                            "fp8",
                            Message.of(
                                    "%s fp8: expected a device that multiplies in 8 bits, found %s"
                                            + " with layers in %s (%s); auto takes what is there",
                                    Rules.DTYPE.field(), backend.name(), layers, why));
                });
    }

    /** Says so where 8 bits are asked for and no product of a run is in them. */
    static Optional<String> note(Request request, Plan plan) {
        boolean some =
                plan.stages().stream()
                        .flatMap(stage -> stage.need().work().calls().stream())
                        .anyMatch(call -> inEightBits(call.op()));
        return request.productsInEightBits() && !some
                ? Optional.of(
                        "%s fp8: no product is in 8 bits: this model has no blocks between its first and its last, which stay as they are"
                                .formatted(Rules.DTYPE.field()))
                : Optional.empty();
    }

    private static boolean inEightBits(Op op) {
        return switch (op) {
            case LinearOp o -> o.weight().inputs() == Weight.Inputs.EIGHT_BITS;
            case LinearPairOp o -> o.weight().inputs() == Weight.Inputs.EIGHT_BITS;
            default -> false;
        };
    }

    /**
     * Ends where a run has an operation that the device does not compute.
     *
     * @param backend will compute
     * @param work of the run
     * @throws BadInputException naming the operation and the reason
     */
    public static void require(Backend backend, Work work) {
        for (Op op : work.calls().stream().map(Work.Call::op).toList()) {
            backend.refuses(op)
                    .ifPresent(why -> {
                        String what =
                                "%s (%s) of %s".formatted(op.name(), op.variant(), op.tensors());
                        Field field =
                                op instanceof AttentionOp
                                        ? Rules.ATTENTION_DTYPE.field()
                                        : Rules.DTYPE.field();
                        throw BadInputException.of(
                                field,
                                "what %s computes".formatted(backend.name()),
                                what,
                                Message.of(
                                        "%s: %s does not compute %s: %s",
                                        field, backend.name(), what, why));
                    });
        }
    }
}
