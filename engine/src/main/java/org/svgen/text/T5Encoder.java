package org.svgen.text;

import java.lang.foreign.Arena;
import java.util.List;
import org.svgen.checkpoint.WeightSource;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Ops;

/**
 * The encoder of T5 and UMT5, as transformers' {@code T5EncoderModel}.
 *
 * @param embedding [vocabulary, width]
 */
public record T5Encoder(T5Config config, Tensor embedding, List<T5Block> blocks, Tensor finalNorm) {

    /**
     * @throws BadInputException if a weight is missing or has another shape than {@code config}
     *     says
     */
    public static T5Encoder load(T5Config config, WeightSource weights) {
        String table =
                weights.has("shared.weight") ? "shared.weight" : "encoder.embed_tokens.weight";
        Tensor embedding = weights.tensor(table, config.vocabulary(), config.width());
        WeightSource encoder = weights.at("encoder");
        encoder.blocksEnd("block", config.layers());
        List<T5Block> blocks =
                encoder.layers(
                        config.layers(),
                        i ->
                                T5Block.load(
                                        config,
                                        encoder.at("block." + i),
                                        i == 0 || config.biasInEveryBlock()));
        Tensor norm = encoder.tensor("final_layer_norm.weight", config.width());
        return new T5Encoder(config, embedding, blocks, norm);
    }

    /**
     * Embeds a text.
     *
     * @param ids N tokens, padding included
     * @param attended how many of them may be attended to: N, or fewer to mask padding at the end
     * @param out [N, width]
     */
    public void encode(Workspace ws, int[] ids, int attended, Tensor out) {
        TokenIds.check(ids, attended, config.vocabulary());
        Ops ops = ws.ops();
        try (var _ = ws.scope();
                Arena arena = Arena.ofConfined()) {
            Tensor x = ws.allocate(DType.F32, ids.length, config.width());
            ops.embedding(ws.copyOf(Tensor.of(arena, ids, ids.length)), embedding, x);
            Tensor hostBias =
                    Tensor.zeros(arena, DType.F32, config.heads(), ids.length, ids.length);
            Tensor bias = ws.allocate(DType.F32, hostBias.shape().dims());
            for (T5Block block : blocks) {
                RelativePositions positions = block.positions();
                if (positions != null) {
                    positions.fill(ids.length, attended, hostBias.host());
                    ws.backend().write(hostBias, bias);
                }
                block.apply(ws, config, x, bias);
            }
            ops.rmsNorm(x, finalNorm, config.epsilon(), out);
        }
    }
}
