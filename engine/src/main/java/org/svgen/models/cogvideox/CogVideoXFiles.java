package org.svgen.models.cogvideox;

import java.util.List;
import org.svgen.checkpoint.single.PartNames;
import org.svgen.run.FamilyFiles;
import org.svgen.tensor.Shape;
import org.svgen.text.T5Names;

/** Which CogVideoX a transformer in a single file belongs to. */
record CogVideoXFiles() implements FamilyFiles {
    private static final String PATCHES = "patch_embed.proj.weight";
    private static final int WIDTH_2B = 1920;

    /** Rows of a matrix for patches of the first models: a convolution's filters. */
    private static final int CONVOLUTION = 4;

    @Override
    public List<PartNames> parts() {
        return List.of(
                new CogVideoXTransformerNames(),
                new CogVideoXVaeNames(),
                new T5Names("text_encoder", false));
    }

    @Override
    public Kind kind(Found found) {
        Shape patches = found.weights().get(PATCHES);
        boolean first = patches == null || patches.rank() == CONVOLUTION;
        int in = found.size(PATCHES, 1);
        int out = found.size("proj_out.weight", 0);
        // Values of a patch: as many go in as come out, or twice that with a picture.
        boolean image = first ? in * 4 > out : in > out;
        int width = found.size("norm_final.weight", 0);
        String why =
                "width %d, %d blocks, patches by a %s, %d values in and %d out"
                        .formatted(
                                width,
                                found.count("transformer_blocks"),
                                first ? "convolution" : "matrix",
                                first ? in * 4 : in,
                                out);
        String task = image ? "image to video" : "text to video";
        String end = image ? "-I2V" : "";
        if (!first) {
            return new Kind("CogVideoX 1.5 " + task, why, "THUDM/CogVideoX1.5-5B" + end);
        }
        return width <= WIDTH_2B
                ? new Kind("CogVideoX 2B " + task, why, "THUDM/CogVideoX-2b")
                : new Kind("CogVideoX 5B " + task, why, "THUDM/CogVideoX-5b" + end);
    }
}
