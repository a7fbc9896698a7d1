package org.svgen.models.hunyuan;

import java.util.List;
import org.svgen.checkpoint.single.Layout;
import org.svgen.checkpoint.single.PartNames;

/** What autoencoders of HunyuanVideo are called in files: their makers have diffusers' names. */
record HunyuanVaeNames() implements PartNames {
    @Override
    public String component() {
        return "vae";
    }

    @Override
    public String what() {
        return "an autoencoder of HunyuanVideo";
    }

    @Override
    public List<Layout> layouts() {
        return List.of(
                Layout.diffusers(
                        "decoder.conv_norm_out.weight",
                        "decoder.up_blocks.0.resnets.0.conv1.conv.weight"));
    }
}
