package org.svgen.models.hunyuan15;

import java.util.List;
import java.util.Locale;
import org.svgen.checkpoint.single.PartNames;
import org.svgen.run.FamilyFiles;

/**
 * Which HunyuanVideo-1.5 a transformer in a single file belongs to. All have the same shapes, but
 * for the time at the end of a step, so the file's name has to say the rest.
 */
record Hunyuan15Files() implements FamilyFiles {
    private static final String REPOSITORY = "hunyuanvideo-community/HunyuanVideo-1.5-Diffusers-";
    private static final String PICTURE = ".*(i2v|image[ _-]?to[ _-]?video).*";
    private static final String MEAN_FLOW = "time_embed.timestep_embedder_r.linear_1.weight";

    @Override
    public List<PartNames> parts() {
        return List.of(new Hunyuan15TransformerNames(), new Hunyuan15VaeNames());
    }

    @Override
    public Kind kind(Found found) {
        String name = found.file().toLowerCase(Locale.ROOT);
        boolean flows = found.weights().containsKey(MEAN_FLOW);
        boolean picture = name.matches(PICTURE) || flows;
        String lines = name.contains("480") || flows ? "480p" : "720p";
        String task = picture ? "i2v" : "t2v";
        // Nobody has text to video at 720p that is distilled.
        boolean distilled = name.contains("distil") && (picture || lines.equals("480p"));
        String kind = flows ? "_step_distilled" : distilled ? "_distilled" : "";
        return new Kind(
                "HunyuanVideo-1.5 %s to video, %s%s"
                        .formatted(picture ? "image" : "text", lines, kind.replace('_', ' ')),
                "%d double blocks of width %d, %s; by its name else"
                        .formatted(
                                found.count("transformer_blocks"),
                                found.size("x_embedder.proj.weight", 0),
                                flows ? "mean flow" : "no mean flow"),
                REPOSITORY + lines + "_" + task + kind);
    }
}
