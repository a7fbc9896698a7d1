package org.svgen.checkpoint.adapter;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a file is whose tensors change nothing of a model, as far as their names say it.
 *
 * @param names that one of its tensors has
 * @param words what it is
 */
record OtherFile(Pattern names, String words) {
    /** Ways to store changes that are not read; then what is for other models. */
    private static final List<OtherFile> ALL =
            List.of(
                    of(".*\\.hada_w[12]_[ab]", "it is a LoHa, which is not read"),
                    of(".*\\.lokr_w[12].*", "it is a LoKr, which is not read"),
                    of(
                            ".*\\.(dora_scale|lora_magnitude_vector.*)",
                            "it is a DoRA, which is not read"),
                    of(
                            "(cond_stage_model|first_stage_model|conditioner)\\..*",
                            "it is an image model of Stable Diffusion"),
                    of(
                            "model\\.diffusion_model\\.(input|middle|output)_blocks?\\..*",
                            "it is an image model of Stable Diffusion"),
                    of(
                            "lora_te[12]?_.*|lora_unet_(input|middle|output|down|mid|up)_blocks?_.*"
                                    + "|unet\\.(down|mid|up)_blocks?\\..*",
                            "it is an adapter for image models of Stable Diffusion"),
                    of(
                            ".*(lora_unet_|diffusion_model\\.)(double|single)_blocks[._].*"
                                    + "|.*single_transformer_blocks\\..*",
                            "it is an adapter for HunyuanVideo or FLUX"),
                    of(
                            ".*(lora_unet_|diffusion_model\\.|transformer\\.)blocks[._]\\d+[._]"
                                    + "(self_attn|cross_attn|attn[12]|ffn)[._].*",
                            "it is an adapter for Wan"),
                    of(
                            ".*transformer_blocks[._]\\d+[._](attn1|norm1|ff)[._].*lora.*",
                            "it is an adapter for CogVideoX, or a model built like that"));

    private static final int NOT_READ = 3;

    private static OtherFile of(String names, String words) {
        return new OtherFile(Pattern.compile(names), words);
    }

    /**
     * What it is; nothing if the names are unknown.
     *
     * @param tensors that change nothing
     * @param none whether no other tensor changes anything
     */
    static Optional<String> told(Collection<String> tensors, boolean none) {
        return (none ? ALL : ALL.subList(0, NOT_READ))
                .stream()
                        .filter(other ->
                                tensors.stream().anyMatch(t -> other.names.matcher(t).matches()))
                        .map(OtherFile::words)
                        .findFirst();
    }
}
