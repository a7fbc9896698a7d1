package org.svgen.models.hunyuan15;

import java.util.List;
import org.svgen.checkpoint.single.Layout;
import org.svgen.checkpoint.single.NameTable;
import org.svgen.checkpoint.single.PartNames;

/** What autoencoders of HunyuanVideo-1.5 are called in the files of their makers. */
record Hunyuan15VaeNames() implements PartNames {
    private static final String ORIGINAL =
            (lines("encoder", "down", "downsample") + lines("decoder", "up", "upsample"))
                    + "* -> *\n";

    private static String lines(String coder, String way, String change) {
        return """
        CODER.WAY.#.block.#.* -> CODER.WAY_blocks.#.resnets.#.*
        CODER.WAY.#.CHANGE.* -> CODER.WAY_blocks.#.CHANGErs.0.*
        CODER.mid.block_1.* -> CODER.mid_block.resnets.0.*
        CODER.mid.block_2.* -> CODER.mid_block.resnets.1.*
        CODER.mid.attn_1.q.* -> CODER.mid_block.attentions.0.to_q.*
        CODER.mid.attn_1.k.* -> CODER.mid_block.attentions.0.to_k.*
        CODER.mid.attn_1.v.* -> CODER.mid_block.attentions.0.to_v.*
        CODER.mid.attn_1.* -> CODER.mid_block.attentions.0.*
        """
                .replace("CODER", coder)
                .replace("WAY", way)
                .replace("CHANGE", change);
    }

    @Override
    public String component() {
        return "vae";
    }

    @Override
    public String what() {
        return "an autoencoder of HunyuanVideo-1.5";
    }

    @Override
    public List<Layout> layouts() {
        return List.of(
                new Layout(
                        "the names of HunyuanVideo-1.5's makers",
                        List.of(
                                "decoder.mid.block_1.norm1.gamma",
                                "decoder.up.0.block.0.conv1.conv.weight"),
                        _ -> NameTable.of(ORIGINAL, 0)),
                Layout.diffusers(
                        "decoder.mid_block.resnets.0.norm1.gamma",
                        "decoder.mid_block.resnets.0.conv1.conv.weight"));
    }
}
