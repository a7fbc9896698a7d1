package org.svgen.models.wan;

import java.util.List;
import java.util.Locale;
import org.svgen.checkpoint.single.PartNames;
import org.svgen.pipeline.Fields;
import org.svgen.run.FamilyFiles;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Message;
import org.svgen.text.T5Names;
import org.svgen.vision.ClipVisionNames;

/** Which Wan a transformer in a single file belongs to. */
record WanFiles() implements FamilyFiles {
    private static final String IMAGE = "condition_embedder.image_embedder.";

    /** As files of experts are named: {@code high_noise}, {@code A14B-HIGH}. */
    private static final String EXPERT = ".*(NOISE[ _-]?noise|a14b[ _.-]+NOISE([ _.-]|$)).*";

    private static final int WIDTH_5B = 3072;
    private static final int WIDTH_14B = 5120;

    @Override
    public List<PartNames> parts() {
        return List.of(
                new WanTransformerNames(WanKind.HIGH),
                new WanVaeNames(),
                new T5Names("text_encoder", true),
                new ClipVisionNames("image_encoder"));
    }

    @Override
    public Kind kind(Found found) {
        int width = found.size("patch_embedding.weight", 0);
        int in = found.size("patch_embedding.weight", 1);
        int out = found.size("proj_out.weight", 0) / 4;
        boolean sees = found.weights().containsKey(IMAGE + "norm1.weight");
        String why =
                "width %d, %d channels in and %d out, %s image embedding"
                        .formatted(width, in, out, sees ? "an" : "no");
        String name = found.file().toLowerCase(Locale.ROOT);
        requireHigh(found.file());
        if (found.second()) {
            return in == out
                    ? kind("Wan 2.2 A14B text to video", why, "2.2-T2V-A14B-D")
                    : kind("Wan 2.2 A14B image to video", why, "2.2-I2V-A14B-D");
        }
        if (isNamed(name, "high")) {
            throw new BadInputException(
                    Message.of(
                            "%s: expected both experts of Wan 2.2 A14B, the one for much noise and the one for little, found one: the other is given as %s",
                            found.file(), Fields.MODEL_2));
        }
        if (found.weights().containsKey(IMAGE + "pos_embed")) {
            return kind("Wan 2.1 first and last frame to video", why, "2.1-FLF2V-14B-720P-d");
        }
        if (sees) {
            String lines = name.contains("720") ? "720P" : "480P";
            return kind("Wan 2.1 image to video", why, "2.1-I2V-14B-" + lines + "-D");
        }
        if (in != out) {
            throw new BadInputException(
                    Message.of(
                            "%s: expected both experts of Wan 2.2 A14B image to video (%s), found one: the other is given as %s",
                            found.file(), why, Fields.MODEL_2));
        }
        if (width == WIDTH_5B || in > 16) {
            return kind("Wan 2.2 TI2V 5B", why, "2.2-TI2V-5B-D");
        }
        return width == WIDTH_14B
                ? kind("Wan 2.1 text to video 14B", why, "2.1-T2V-14B-D")
                : kind("Wan 2.1 text to video 1.3B", why, "2.1-T2V-1.3B-D");
    }

    /** By its name, the file is the expert that belongs elsewhere. */
    private static void requireHigh(String file) {
        if (isNamed(file.toLowerCase(Locale.ROOT), "low")) {
            throw new BadInputException(
                    Message.of(
                            "%s: expected the expert for much noise of Wan 2.2 A14B, found by its name the one for little, which is given as %s beside it",
                            file, Fields.MODEL_2));
        }
    }

    private static boolean isNamed(String name, String noise) {
        return name.matches(EXPERT.replace("NOISE", noise));
    }

    private static Kind kind(String what, String why, String repo) {
        return new Kind(what, why, "Wan-AI/Wan" + repo + "iffusers");
    }
}
