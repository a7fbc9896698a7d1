package org.svgen.run;

import java.util.List;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.AttentionSettings.Precision;
import org.svgen.pipeline.Request;
import org.svgen.sparse.Precisions;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.op.AttentionPrecision;

/**
 * In what attention of a model multiplies, by what a request asks for and what layers and device
 * have.
 *
 * @param backend computes
 * @param layers type of the denoiser's large layers, and so of attention's operands
 * @param headDim channels of a head
 * @param recommended what the model's family recommends
 */
record AttentionPrecisions(Backend backend, DType layers, int headDim, Precision recommended) {
    /**
     * @throws BadInputException if the request asks for what the device does not have
     */
    void require(Request request) {
        EightBits.require(request.attention(), backend, layers, headDim);
    }

    private boolean possible() {
        return EightBits.missing(backend, layers, headDim).isEmpty();
    }

    /** {@return the request with what will be done, so that its recipe says it} */
    Request settled(Request request) {
        AttentionSettings attention = request.attention();
        return request.toBuilder()
                .attention(attention.toBuilder().attentionDtype(settled(attention)).build())
                .build();
    }

    private Precision settled(AttentionSettings settings) {
        Precision asked = settings.attentionDtype();
        return switch (asked) {
            // Blocks are not attended to in 8 bits.
            case AUTO ->
                    recommended.eightBits() && !settings.byBlocks() && possible()
                            ? recommended
                            : ofLayers();
            case F32, BF16 -> ofLayers();
            case FP8, FP8_ALL -> asked;
        };
    }

    private Precision ofLayers() {
        return layers == DType.F32 ? Precision.F32 : Precision.BF16;
    }

    /** Where attention will multiply in something else than was asked for, or recommended. */
    List<String> notes(Request request) {
        Precision asked = request.attention().attentionDtype();
        Precision meant = asked == Precision.AUTO ? recommended : asked;
        Precision done = settled(request.attention());
        if (done == meant || asked == Precision.AUTO && !recommended.eightBits()) {
            return List.of();
        }
        return List.of(
                "attention computes in %s as the layers do, not in %s".formatted(done, meant));
    }

    /** What policies are told. */
    static Precisions of(AttentionSettings settings) {
        return switch (settings.attentionDtype()) {
            case AUTO, F32, BF16 -> Precisions.FULL;
            case FP8 -> new Precisions(AttentionPrecision.FULL, AttentionPrecision.EIGHT_BITS);
            case FP8_ALL ->
                    new Precisions(AttentionPrecision.EIGHT_BITS, AttentionPrecision.EIGHT_BITS);
        };
    }
}
