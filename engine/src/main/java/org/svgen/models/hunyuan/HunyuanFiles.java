package org.svgen.models.hunyuan;

import java.util.List;
import java.util.Locale;
import org.svgen.checkpoint.single.PartNames;
import org.svgen.run.FamilyFiles;
import org.svgen.text.ClipNames;
import org.svgen.text.LlamaNames;

/**
 * Which HunyuanVideo a transformer in a single file belongs to. One that a picture's latents stand
 * beside has more channels in; one whose first frame a picture replaces has the shapes of text to
 * video, so its name has to say it.
 */
record HunyuanFiles() implements FamilyFiles {
    private static final String PICTURE = ".*(i2v|image[ _-]?to[ _-]?video).*";

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
        String patch = "x_embedder.proj.weight";
        int in = found.size(patch, 1);
        String why =
                "%d double and %d single blocks of width %d, %d channels in"
                        .formatted(
                                found.count("transformer_blocks"),
                                found.count("single_transformer_blocks"),
                                found.size(patch, 0),
                                in);
        int values = found.size(patch, 2) * found.size(patch, 3) * found.size(patch, 4);
        String repository = "hunyuanvideo-community/HunyuanVideo";
        if (in > found.size("proj_out.weight", 0) / Math.max(1, values)) {
            return new Kind(
                    "HunyuanVideo image to video, beside latents", why, repository + "-I2V-33ch");
        }
        return found.file().toLowerCase(Locale.ROOT).matches(PICTURE)
                ? new Kind(
                        "HunyuanVideo image to video, in place of a frame",
                        why + ", and its name",
                        repository + "-I2V")
                : new Kind("HunyuanVideo text to video", why, repository);
    }
}
