package org.svgen.vae;

import java.util.List;
import org.svgen.checkpoint.Config;
import org.svgen.tensor.BadInputException;

/**
 * What the configs of autoencoders with group norms say of their blocks.
 *
 * @param channels of each resolution, from pixels to latents; multiples of {@code groups}
 * @param groups of the norms
 */
public record GroupedBlocks(List<Integer> channels, int groups) {
    private static final int MAX_BLOCKS = 10;

    /**
     * Reads {@code block_out_channels} and {@code norm_num_groups}, and checks the types of blocks
     * and the activation, as far as they are named.
     *
     * @param defaults channels of a config that names none
     * @param down the only type of block that an encoder may have
     * @param up as {@code down}, of a decoder
     * @throws BadInputException if a value is of the wrong type or not one that this code can run
     */
    public static GroupedBlocks read(Config json, List<Integer> defaults, String down, String up) {
        List<Integer> channels =
                json.has("block_out_channels") ? json.integers("block_out_channels") : defaults;
        int groups = json.positive("norm_num_groups", 32);
        if (channels.isEmpty()
                || channels.size() > MAX_BLOCKS
                || channels.stream()
                        .anyMatch(c -> c < 1 || c > Config.MAX_CHANNELS || c % groups != 0)) {
            throw json.wrong(
                    "block_out_channels",
                    "1 to %d multiples of norm_num_groups, %d".formatted(MAX_BLOCKS, groups));
        }
        requireBlocks(json, "down_block_types", down, channels.size());
        requireBlocks(json, "up_block_types", up, channels.size());
        if (!json.text("act_fn", "silu").equals("silu")) {
            throw json.wrong("act_fn", "\"silu\"");
        }
        return new GroupedBlocks(channels, groups);
    }

    private static void requireBlocks(Config json, String key, String type, int count) {
        if (json.has(key)
                && (json.texts(key).size() != count
                        || json.texts(key).stream().anyMatch(t -> !t.equals(type)))) {
            throw json.wrong(key, "%d times \"%s\"".formatted(count, type));
        }
    }
}
