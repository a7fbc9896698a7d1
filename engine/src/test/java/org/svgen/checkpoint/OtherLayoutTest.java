package org.svgen.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.svgen.tensor.BadInputException;

/** Models as people have them, told for what they are and with the way that works. */
class OtherLayoutTest {
    @TempDir Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    tencent/HunyuanVideo    | hunyuan-video-t2v-720p/transformers/mp_rank_00_model_states.pt | pickled by PyTorch | hunyuanvideo-community/HunyuanVideo
                    city96/HunyuanVideo-gguf| hunyuan-video-t2v-720p-Q4_K_M.gguf           | GGUF                 | hunyuanvideo-community/HunyuanVideo
                    Kijai/HunyuanVideo_comfy| hunyuan_video_720_fp8.safetensors            | single file          | hunyuanvideo-community/HunyuanVideo
                    zai-org/CogVideoX1.5-5B-SAT | transformer_t2v/1000/mp_rank_00_model_states.pt | pickled by PyTorch | zai-org/CogVideoX1.5-5B
                    THUDM/CogVideoX-5b-I2V-SAT  | transformer/1/mp.pt                       | pickled by PyTorch   | THUDM/CogVideoX-5b-I2V
                    Wan-AI/Wan2.1-T2V-14B   | Wan2.1_VAE.pth                                | pickled by PyTorch   | Wan-AI/Wan2.1-T2V-14B-Diffusers
                    Wan-AI/Wan2.1-T2V-1.3B  | models_t5_umt5-xxl-enc-bf16.pth               | pickled by PyTorch   | Wan-AI/Wan2.1-T2V-1.3B-Diffusers
                    Wan-AI/Wan2.1-I2V-14B-720P | Wan2.1_VAE.pth                             | pickled by PyTorch   | Wan-AI/Wan2.1-I2V-14B-720P-Diffusers
                    Wan-AI/Wan2.1-FLF2V-14B-720P | Wan2.1_VAE.pth                           | pickled by PyTorch   | Wan-AI/Wan2.1-FLF2V-14B-720P-diffusers
                    Wan-AI/Wan2.2-I2V-A14B  | Wan2.1_VAE.pth                                | pickled by PyTorch   | Wan-AI/Wan2.2-I2V-A14B-Diffusers
                    Wan-AI/Wan2.2-TI2V-5B   | Wan2.2_VAE.pth                                | pickled by PyTorch   | Wan-AI/Wan2.2-TI2V-5B-Diffusers
                    Kijai/WanVideo_comfy    | Wan2_1-T2V-14B_fp8_e4m3fn.safetensors         | single file          | Wan-AI/Wan2.1-T2V-14B-Diffusers
                    bullerwins/Wan2.2-I2V-A14B-GGUF | wan2.2_i2v_high_noise_14B_Q8_0.gguf   | GGUF                 | Wan-AI/Wan2.2-I2V-A14B-Diffusers
                    me/unknown              | README.md                                     |                      | such as THUDM/CogVideoX-2b, hunyuanvideo-community/HunyuanVideo or Wan-AI/Wan2.1-T2V-1.3B-Diffusers
                    """)
    void aRepositorySaysWhatItHoldsAndWhatWorks(String name, String file, String kind, String way) {
        assertThat(OtherLayout.of(name, List.of(file, "README.md")))
                .contains(kind == null ? "" : kind)
                .endsWith(way);
    }

    @Test
    void anOriginalWanIsNoComponentThoughItsTransformerLiesOnTop() {
        List<String> files =
                List.of(
                        "config.json",
                        "diffusion_pytorch_model.safetensors",
                        "models_t5_umt5-xxl-enc-bf16.pth",
                        "Wan2.1_VAE.pth");
        assertThat(OtherLayout.of("Wan-AI/Wan2.1-T2V-1.3B", files))
                .startsWith("it holds Wan2.1_VAE.pth, weights pickled by PyTorch")
                .endsWith("Wan-AI/Wan2.1-T2V-1.3B-Diffusers");
    }

    @Test
    void someOriginalsAreKnownByTheirNames() {
        assertThat(OtherLayout.twin("tencent/HunyuanVideo").orElseThrow())
                .contains("hunyuanvideo-community/HunyuanVideo");
        assertThat(OtherLayout.twin("Wan-AI/Wan2.2-T2V-A14B").orElseThrow())
                .isEqualTo(
                        "Wan-AI/Wan2.2-T2V-A14B is not in diffusers' layout; svgen takes Wan in"
                                + " diffusers' layout, such as Wan-AI/Wan2.2-T2V-A14B-Diffusers");
        assertThat(OtherLayout.twin("Wan-AI/Wan2.2-T2V-A14B-Diffusers")).isEmpty();
        assertThat(OtherLayout.twin("hunyuanvideo-community/HunyuanVideo")).isEmpty();
        assertThat(OtherLayout.twin("THUDM/CogVideoX-2b")).isEmpty();
    }

    @Test
    void aFolderIsRefusedWithWhatLiesInIt() throws IOException {
        Path original = Files.createDirectories(folder.resolve("HunyuanVideo/vae"));
        Files.writeString(original.resolve("pytorch_model.pt"), "");
        refused(
                original.getParent(),
                "model_index.json is missing; it holds vae/pytorch_model.pt, weights pickled by"
                        + " PyTorch, which are not read since they may run code; svgen takes"
                        + " HunyuanVideo as hunyuanvideo-community/HunyuanVideo");
        Files.writeString(folder.resolve("model_index.json"), "{\"_class_name\": \"P\"}");
        Path vae = Files.createDirectories(folder.resolve("vae"));
        Files.writeString(vae.resolve("config.json"), "{}");
        refused(vae, "it is one component of the model " + folder);
        refused(folder.resolve("x.gguf"), "found quantised weights (GGUF); svg");
    }

    @Test
    void whatLiesInPlaceOfWeightsIsNamedWithThoseThatAreMissing() throws IOException {
        Files.writeString(
                folder.resolve("model_index.json"),
                "{\"_class_name\": \"P\", \"vae\": [\"diffusers\", \"V\"]}");
        Path vae = Files.createDirectories(folder.resolve("vae"));
        Files.writeString(vae.resolve("config.json"), "{}");
        Files.writeString(vae.resolve("diffusion_pytorch_model.bin"), "");
        ModelFiles files = ModelFiles.of(folder, c -> java.util.Set.of("vae"));
        assertThat(files.missingText())
                .isEqualTo(
                        "1 file is missing: vae/diffusion_pytorch_model.safetensors;"
                                + " vae/diffusion_pytorch_model.bin is there, weights pickled by"
                                + " PyTorch, which are not read since they may run code;"
                                + " diffusers' save_pretrained writes it as safetensors");
        Files.delete(vae.resolve("diffusion_pytorch_model.bin"));
        Files.writeString(vae.resolve("diffusion_pytorch_model.ema.safetensors"), "");
        assertThat(ModelFiles.of(folder, c -> java.util.Set.of("vae")).missingText())
                .contains("vae/diffusion_pytorch_model.ema.safetensors is there");
    }

    private static void refused(Path place, String words) {
        assertThatThrownBy(() -> Checkpoint.open(place))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining(words)
                .hasMessageNotContaining("\n");
    }
}
