package org.svgen.checkpoint.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Names of tensors tell what a file is that is no adapter for a model. */
class OtherFileTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "lora_unet_blocks_0_ffn_0.hada_w1_a | it is a LoHa, which is not read",
                "diffusion_model.blocks.0.ffn.0.lokr_w1 | it is a LoKr, which is not read",
                "diffusion_model.blocks.0.ffn.0.dora_scale | it is a DoRA, which is not read",
                "cond_stage_model.transformer.text_model.final_layer_norm.bias | it is an image model of Stable Diffusion",
                "model.diffusion_model.input_blocks.0.0.weight | it is an image model of Stable Diffusion",
                "lora_unet_down_blocks_0_attentions_0_proj_in.alpha | it is an adapter for image models of Stable Diffusion",
                "lora_te1_text_model_encoder_layers_0_mlp_fc1.alpha | it is an adapter for image models of Stable Diffusion",
                "lora_unet_double_blocks_0_img_attn_qkv.alpha | it is an adapter for HunyuanVideo or FLUX",
                "transformer.single_transformer_blocks.3.attn.to_q.lora_A.weight | it is an adapter for HunyuanVideo or FLUX",
                "diffusion_model.blocks.0.self_attn.q.lora_down.weight | it is an adapter for Wan",
                "lora_unet_blocks_0_cross_attn_k.alpha | it is an adapter for Wan",
                "transformer.transformer_blocks.0.attn1.to_q.lora_A.weight | it is an adapter for CogVideoX, or a model built like that"
            })
    void aNameTells(String tensor, String words) {
        assertThat(OtherFile.told(List.of("x", tensor), true)).hasValue(words);
    }

    /** What fits in part is for this model; only what no adapter of ours can hold is said. */
    @Test
    void ofFilesThatFitInPartOnlyWhatIsNotReadIsSaid() {
        assertThat(OtherFile.told(List.of("lora_te_text_model.lora_down.weight"), false)).isEmpty();
        assertThat(OtherFile.told(List.of("blocks.0.ffn.0.dora_scale"), false)).isPresent();
        assertThat(OtherFile.told(List.of("what.ever"), true)).isEmpty();
    }
}
