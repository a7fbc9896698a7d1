package org.svgen.models.cosmos;

import java.util.List;
import org.svgen.checkpoint.single.PartNames;
import org.svgen.run.FamilyFiles;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Message;
import org.svgen.text.T5Names;

/** Which Cosmos 1.0 a transformer in a single file belongs to. */
record CosmosFiles() implements FamilyFiles {
    private static final int PATCH = 4; // pixels of a latent frame in a token: 2 x 2
    private static final int WIDTH_7B = 4096;

    @Override
    public List<PartNames> parts() {
        return List.of(
                new CosmosTransformerNames(),
                new CosmosVaeNames(),
                new T5Names("text_encoder", false));
    }

    @Override
    public Kind kind(Found found) {
        // Beside the latents is a channel that says what is padding.
        int in = found.size("patch_embed.proj.weight", 1) / PATCH - 1;
        int out = found.size("proj_out.weight", 0) / PATCH;
        if (in != out) {
            throw new BadInputException(
                    Message.of(
                            "%s: expected a transformer of Cosmos 1.0 text to world with as many channels in as out, found %d in and %d out, as video to world has",
                            found.file(), in, out));
        }
        int width = width(found);
        String size = width <= WIDTH_7B ? "7B" : "14B";
        return new Kind(
                "Cosmos 1.0 text to world, " + size,
                "width %d, %d blocks, %d channels"
                        .formatted(width, found.count("transformer_blocks"), out),
                "nvidia/Cosmos-1.0-Diffusion-%s-Text2World".formatted(size));
    }

    /** Channels of a token. */
    static int width(Found found) {
        return found.size("patch_embed.proj.weight", 0);
    }
}
