package org.svgen.models.cogvideox;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.svgen.checkpoint.single.Layout;
import org.svgen.checkpoint.single.NameTable;
import org.svgen.checkpoint.single.PartNames;
import org.svgen.tensor.Shape;

/**
 * What autoencoders of CogVideoX are called in the files of their makers, who count the decoder's
 * blocks from the last.
 */
record CogVideoXVaeNames() implements PartNames {
    private static final String ORIGINAL =
            """
            loss.* -> nothing
            encoder.mid.block_1.* -> encoder.mid_block.resnets.0.*
            encoder.mid.block_2.* -> encoder.mid_block.resnets.1.*
            decoder.mid.block_1.* -> decoder.mid_block.resnets.0.*
            decoder.mid.block_2.* -> decoder.mid_block.resnets.1.*
            encoder.down.#.block.#.nin_shortcut.* -> encoder.down_blocks.#.resnets.#.conv_shortcut.*
            encoder.down.#.block.#.* -> encoder.down_blocks.#.resnets.#.*
            encoder.down.#.downsample.* -> encoder.down_blocks.#.downsamplers.0.*
            """;

    private static final String UP =
            """
            decoder.up.FROM.block.#.nin_shortcut.* -> decoder.up_blocks.TO.resnets.#.conv_shortcut.*
            decoder.up.FROM.block.#.* -> decoder.up_blocks.TO.resnets.#.*
            decoder.up.FROM.upsample.* -> decoder.up_blocks.TO.upsamplers.0.*
            """;

    private static final String ENDS =
            """
            encoder.* -> encoder.*
            decoder.* -> decoder.*
            quant_conv.* -> quant_conv.*
            post_quant_conv.* -> post_quant_conv.*
            """;

    @Override
    public String component() {
        return "vae";
    }

    @Override
    public String what() {
        return "an autoencoder of CogVideoX";
    }

    @Override
    public List<Layout> layouts() {
        return List.of(
                new Layout(
                        "the names of CogVideoX's makers",
                        List.of(
                                "decoder.norm_out.norm_layer.weight",
                                "decoder.mid.block_1.conv1.conv.weight"),
                        CogVideoXVaeNames::table),
                Layout.diffusers(
                        "decoder.norm_out.norm_layer.weight",
                        "decoder.mid_block.resnets.0.conv1.conv.weight"));
    }

    private static NameTable table(Map<String, Shape> tensors) {
        int count =
                (int)
                        IntStream.range(0, tensors.size())
                                .takeWhile(i -> tensors.containsKey(up(i)))
                                .count();
        StringBuilder lines = new StringBuilder(ORIGINAL);
        for (int i = 0; i < count; i++) {
            lines.append(UP.replace("FROM", "" + i).replace("TO", "" + (count - 1 - i)));
        }
        return NameTable.of(lines + ENDS, 0);
    }

    private static String up(int block) {
        return "decoder.up." + block + ".block.0.conv1.conv.weight";
    }
}
