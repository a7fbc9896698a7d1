package org.svgen.models.cosmos;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.svgen.checkpoint.single.Layout;
import org.svgen.checkpoint.single.NameTable;
import org.svgen.checkpoint.single.PartNames;
import org.svgen.tensor.Shape;

/**
 * What autoencoders of Cosmos 1.0 are called in the files of their makers, who count the decoder's
 * blocks from the last. Means of latents come from the configuration.
 */
record CosmosVaeNames() implements PartNames {
    private static final String CODER =
            """
            CODER.patcher* -> nothing
            CODER.unpatcher* -> nothing
            CODER.conv_in.0.conv3d.* -> CODER.conv_in.conv_s.*
            CODER.conv_in.1.conv3d.* -> CODER.conv_in.conv_t.*
            CODER.conv_out.0.conv3d.* -> CODER.conv_out.conv_s.*
            CODER.conv_out.1.conv3d.* -> CODER.conv_out.conv_t.*
            CODER.norm_out.* -> CODER.norm_out.*
            """;

    private static final String RESIDUAL =
            """
            FROM.norm1.* -> TO.norm1.*
            FROM.norm2.* -> TO.norm2.*
            FROM.conv1.0.conv3d.* -> TO.conv1.conv_s.*
            FROM.conv1.1.conv3d.* -> TO.conv1.conv_t.*
            FROM.conv2.0.conv3d.* -> TO.conv2.conv_s.*
            FROM.conv2.1.conv3d.* -> TO.conv2.conv_t.*
            FROM.nin_shortcut.conv3d.* -> TO.conv_shortcut.*
            """;

    private static final String ATTENTION =
            """
            FROM.norm.* -> TO.norm.*
            FROM.q.conv3d.* -> TO.to_q.*
            FROM.k.conv3d.* -> TO.to_k.*
            FROM.v.conv3d.* -> TO.to_v.*
            FROM.proj_out.conv3d.* -> TO.to_out.0.*
            """;

    private static final String ENDS =
            """
            encoder.down.#.downsample.conv#.conv3d.* -> encoder.down_blocks.#.downsamplers.0.conv#.*
            quant_conv.conv3d.* -> quant_conv.*
            post_quant_conv.conv3d.* -> post_quant_conv.*
            latent_mean -> nothing
            latent_std -> nothing
            """;

    @Override
    public String component() {
        return "vae";
    }

    @Override
    public String what() {
        return "an autoencoder of Cosmos 1.0";
    }

    @Override
    public List<Layout> layouts() {
        return List.of(
                new Layout(
                        "the names of Cosmos' makers",
                        List.of(
                                "decoder.mid.attn_1.1.q.conv3d.weight",
                                "decoder.mid.block_1.conv1.0.conv3d.weight"),
                        CosmosVaeNames::table),
                Layout.diffusers(
                        "decoder.mid_block.temp_attentions.0.to_q.weight",
                        "decoder.mid_block.resnets.0.conv1.conv_s.weight"));
    }

    private static NameTable table(Map<String, Shape> tensors) {
        int count =
                (int)
                        IntStream.range(0, tensors.size())
                                .takeWhile(i -> tensors.containsKey(up(i)))
                                .count();
        StringBuilder lines = new StringBuilder(ENDS);
        for (String coder : List.of("encoder", "decoder")) {
            String middle = coder + ".mid_block.";
            lines.append(CODER.replace("CODER", coder))
                    .append(rules(RESIDUAL, coder + ".mid.block_1", middle + "resnets.0"))
                    .append(rules(RESIDUAL, coder + ".mid.block_2", middle + "resnets.1"))
                    .append(rules(ATTENTION, coder + ".mid.attn_1.0", middle + "attentions.0"))
                    .append(
                            rules(
                                    ATTENTION,
                                    coder + ".mid.attn_1.1",
                                    middle + "temp_attentions.0"));
        }
        lines.append(rules(RESIDUAL, "encoder.down.#.block.#", "encoder.down_blocks.#.resnets.#"));
        for (int i = 0; i < count; i++) {
            String from = "decoder.up." + i;
            String to = "decoder.up_blocks." + (count - 1 - i);
            lines.append(rules(RESIDUAL, from + ".block.#", to + ".resnets.#"))
                    .append(
                            "%s.upsample.conv#.conv3d.* -> %s.upsamplers.0.conv#.*%n"
                                    .formatted(from, to));
        }
        return NameTable.of(lines.toString(), 0);
    }

    private static String rules(String lines, String from, String to) {
        return lines.replace("FROM", from).replace("TO", to);
    }

    private static String up(int block) {
        return "decoder.up." + block + ".block.0.conv1.0.conv3d.weight";
    }
}
