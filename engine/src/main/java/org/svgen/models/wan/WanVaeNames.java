package org.svgen.models.wan;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.svgen.checkpoint.single.Layout;
import org.svgen.checkpoint.single.NameTable;
import org.svgen.checkpoint.single.PartNames;
import org.svgen.tensor.Shape;

/** What autoencoders of Wan 2.1 and 2.2 are called in the files of their makers. */
record WanVaeNames() implements PartNames {
    private static final String MIDDLE = "decoder.middle.0.residual.0.gamma";

    /** A residual block, whose parts are numbered through; then what resamples. */
    private static final String BLOCK =
            """
            FROM.residual.0.gamma -> TO.norm1.gamma
            FROM.residual.2.* -> TO.conv1.*
            FROM.residual.3.gamma -> TO.norm2.gamma
            FROM.residual.6.* -> TO.conv2.*
            FROM.shortcut.* -> TO.conv_shortcut.*
            """;

    private static final String ENDS =
            """
            conv1.* -> quant_conv.*
            conv2.* -> post_quant_conv.*
            encoder.conv1.* -> encoder.conv_in.*
            decoder.conv1.* -> decoder.conv_in.*
            encoder.head.0.gamma -> encoder.norm_out.gamma
            decoder.head.0.gamma -> decoder.norm_out.gamma
            encoder.head.2.* -> encoder.conv_out.*
            decoder.head.2.* -> decoder.conv_out.*
            encoder.middle.1.* -> encoder.mid_block.attentions.0.*
            decoder.middle.1.* -> decoder.mid_block.attentions.0.*
            """;

    @Override
    public String component() {
        return "vae";
    }

    @Override
    public String what() {
        return "an autoencoder of Wan";
    }

    @Override
    public List<Layout> layouts() {
        return List.of(
                new Layout(
                        "the names of Wan 2.1's makers",
                        List.of(MIDDLE, "decoder.upsamples.0.residual.0.gamma"),
                        WanVaeNames::one),
                new Layout(
                        "the names of Wan 2.2's makers",
                        List.of(MIDDLE, "decoder.upsamples.0.upsamples.0.residual.0.gamma"),
                        _ -> two()),
                Layout.diffusers(
                        "decoder.mid_block.resnets.0.norm1.gamma",
                        "decoder.mid_block.resnets.0.conv1.weight"));
    }

    private static String block(String from, String to) {
        return BLOCK.replace("FROM", from).replace("TO", to);
    }

    private static String middle(String coder) {
        String to = coder + ".mid_block.resnets.";
        return block(coder + ".middle.0", to + "0") + block(coder + ".middle.2", to + "1");
    }

    /** Blocks of the decoder are numbered through, with what enlarges behind each few of them. */
    private static NameTable one(Map<String, Shape> tensors) {
        int each =
                IntStream.range(1, tensors.size())
                        .filter(i ->
                                tensors.containsKey(
                                        "decoder.upsamples." + i + ".resample.1.weight"))
                        .findFirst()
                        .orElse(tensors.size());
        StringBuilder lines = new StringBuilder(ENDS + middle("encoder") + middle("decoder"));
        for (int i = 0; i < tensors.size(); i++) {
            String from = "decoder.upsamples." + i;
            String to = "decoder.up_blocks." + i / (each + 1);
            int at = i % (each + 1);
            lines.append(
                    at == each
                            ? "%s.* -> %s.upsamplers.0.*%n".formatted(from, to)
                            : block(from, to + ".resnets." + at));
            if (!tensors.containsKey(from + ".residual.2.weight") && at != each) {
                break;
            }
        }
        lines.append(block("encoder.downsamples.#", "encoder.down_blocks.#"));
        lines.append("encoder.downsamples.#.* -> encoder.down_blocks.#.*\n");
        return NameTable.of(lines.toString(), 0);
    }

    private static NameTable two() {
        return NameTable.of(
                ENDS
                        + middle("encoder")
                        + middle("decoder")
                        + block(
                                "encoder.downsamples.#.downsamples.#",
                                "encoder.down_blocks.#.resnets.#")
                        + block("decoder.upsamples.#.upsamples.#", "decoder.up_blocks.#.resnets.#")
                        // Of what resamples, the number within the block does not matter.
                        + within(
                                "encoder.downsamples.#.downsamples",
                                "encoder.down_blocks.#.downsampler")
                        + within("decoder.upsamples.#.upsamples", "decoder.up_blocks.#.upsampler"),
                0);
    }

    private static String within(String from, String to) {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 10; i++) {
            lines.append("%s.%d.resample.* -> %s.resample.*%n".formatted(from, i, to));
            lines.append("%s.%d.time_conv.* -> %s.time_conv.*%n".formatted(from, i, to));
        }
        return lines.toString();
    }
}
