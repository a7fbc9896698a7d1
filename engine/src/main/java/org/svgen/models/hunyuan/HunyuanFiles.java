package org.svgen.models.hunyuan;

import java.util.List;
import org.svgen.checkpoint.single.PartNames;
import org.svgen.run.FamilyFiles;
import org.svgen.tensor.BadInputException;
import org.svgen.text.ClipNames;
import org.svgen.text.LlamaNames;

/** Which HunyuanVideo a transformer in a single file belongs to. */
record HunyuanFiles() implements FamilyFiles {
    /** Latents, the same of a picture, and a mask. */
    private static final int CHANNELS_OF_PICTURES = 33;

    @Override
    public List<PartNames> parts() {
        return List.of(
                new HunyuanTransformerNames(),
                new HunyuanVaeNames(),
                new LlamaNames("text_encoder"),
                new ClipNames("text_encoder_2"));
    }

    @Override
    public Kind kind(Found found) {
        int in = found.size("x_embedder.proj.weight", 1);
        if (in == CHANNELS_OF_PICTURES) {
            throw new BadInputException(
                    "%s: expected HunyuanVideo text to video, found image to video (%d channels in), which is not supported"
                            .formatted(found.file(), in));
        }
        return new Kind(
                "HunyuanVideo text to video",
                "%d double and %d single blocks of width %d, %d channels in"
                        .formatted(
                                found.count("transformer_blocks"),
                                found.count("single_transformer_blocks"),
                                found.size("x_embedder.proj.weight", 0),
                                in),
                "hunyuanvideo-community/HunyuanVideo");
    }
}
