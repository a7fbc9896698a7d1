package org.svgen.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.svgen.checkpoint.SafeTensorsWriter;
import org.svgen.checkpoint.adapter.AdapterSummary;
import org.svgen.checkpoint.single.Precision;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.testkit.Goldens;

/** What a file is, by its header. */
class FileInfoTest {
    @TempDir Path folder;

    private final Map<String, Tensor> tensors = new LinkedHashMap<>();

    private void put(DType type, String name, long... dims) {
        tensors.put(name, Tensor.zeros(Arena.ofAuto(), type, dims));
    }

    private FileInfo info(String name, Map<String, String> texts) {
        Path file = folder.resolve(name);
        SafeTensorsWriter.write(file, tensors, texts);
        return FileInfo.of(file);
    }

    private void wan(int in) {
        put(DType.F32, "model.diffusion_model.head.modulation", 1, 2, 64);
        put(DType.BF16, "model.diffusion_model.patch_embedding.weight", 64, in, 1, 2, 2);
        put(DType.BF16, "model.diffusion_model.time_projection.1.weight", 384, 64);
        put(DType.BF16, "model.diffusion_model.head.head.weight", 64, 64);
        put(DType.F8_E4M3, "model.diffusion_model.blocks.0.self_attn.q.weight", 64, 64);
    }

    @Test
    void aTransformerIsToldWithItsReasonAndTheRestOfItsModel() {
        wan(16);
        put(DType.F32, "model.diffusion_model.blocks.0.self_attn.q.scale_weight", 1);
        FileInfo info = info("wan.safetensors", Map.of("format", "pt"));
        assertThat(info.told().kind()).isEqualTo(FileKind.MODEL);
        assertThat(info.told().what()).isEqualTo("Wan 2.1 text to video 1.3B");
        assertThat(info.told().why()).startsWith("width 64, 16 channels in and 16 out");
        assertThat(info.told().base()).isEqualTo("Wan-AI/Wan2.1-T2V-1.3B-Diffusers");
        assertThat(info.told().problem()).isEmpty();
        assertThat(info.parts())
                .singleElement()
                .satisfies(part -> {
                    assertThat(part.names()).isEqualTo("the names of Wan's makers");
                    assertThat(part.prefix()).isEqualTo("model.diffusion_model.");
                    assertThat(part.tensors()).isEqualTo(6);
                });
        assertThat(info.header().format()).isEqualTo("safetensors");
        assertThat(info.header().texts()).containsEntry("format", "pt");
        assertThat(info.header().precision().types())
                .containsEntry("f8_e4m3", new Precision.Amount(1, 64 * 64))
                .containsEntry("f32", new Precision.Amount(2, 4 * (128 + 1)));
        assertThat(info.header().precision().words())
                .isEqualTo("bf16, a scale for each tensor, ComfyUI's older layout");
    }

    @Test
    void oneExpertOfTwoIsToldAsSuch() {
        wan(36);
        assertThat(info("x.safetensors", Map.of()).told().what())
                .isEqualTo("Wan 2.2 A14B image to video, one of its two experts");
        tensors.clear();
        wan(16);
        assertThat(info("wan2.2_t2v_low_noise_14B.safetensors", Map.of()).told().what())
                .isEqualTo("Wan 2.2 A14B text to video, one of its two experts");
    }

    @Test
    void whatCannotBeRunIsToldWithTheReason() {
        wan(16);
        put(DType.BF16, "model.diffusion_model.vace_blocks.0.after_proj.bias", 1);
        FileInfo info = info("x.safetensors", Map.of());
        assertThat(info.told().kind()).isEqualTo(FileKind.OTHER);
        assertThat(info.told().problem().orElseThrow()).hasMessageContaining("vace_blocks");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a.comfy_quant  | a scale for each tensor, ComfyUI's newer layout | 1",
                "a.input_scale  | a scale for each tensor, ModelOpt's layout | 1",
                "a.bias         | a scale for each row, LightX2V's layout | 4",
                "a.weight_scale_2 | several scales for a tensor, which are not supported | 1"
            })
    void layoutsOfScalesAreToldApart(String beside, String scales, int numbers) {
        put(DType.F8_E4M3, "a.weight", 4, 64);
        put(DType.F32, "a.weight_scale", numbers, 1);
        put(DType.U8, beside, 1);
        assertThat(info("x.safetensors", Map.of()).header().precision().scales()).isEqualTo(scales);
    }

    @Test
    void valuesOfEightBitsAloneHaveNoScales() {
        put(DType.F8_E4M3, "a.weight", 4, 64);
        assertThat(info("x.safetensors", Map.of()).header().precision().words())
                .isEqualTo("f8_e4m3, without scales");
    }

    @ParameterizedTest
    @CsvSource({
        "wan-t2v-tiny, one.peft, diffusers' and PEFT's (transformer.), 2, blocks.#.attn1.to_q",
        "wan-t2v-tiny, one.kohya, kohya's and musubi's (lora_unet_), 2, blocks_#_self_attn_q",
        "wan-t2v-tiny, one.original, the model's makers' (diffusion_model.), 2, blocks.#.self_attn.q"
    })
    void anAdapterIsToldWithItsRankAndItsModules(
            String golden, String file, String spelling, double alpha, String module) {
        Path adapter = Goldens.folder("lora").resolve("%s/%s.safetensors".formatted(golden, file));
        FileInfo info = FileInfo.of(adapter);
        assertThat(info.told().kind()).isEqualTo(FileKind.ADAPTER);
        assertThat(info.told().what()).isEqualTo("an adapter (LoRA) for a transformer of Wan");
        AdapterSummary told = info.adapter().orElseThrow();
        assertThat(told.spelling()).isEqualTo(spelling);
        assertThat(told.ranks()).containsExactly(4L);
        assertThat(told.alphas()).containsExactly(alpha);
        assertThat(told.products()).isEqualTo(20);
        assertThat(told.differences()).isZero();
        assertThat(told.modules()).containsEntry(module, 2);
    }

    @ParameterizedTest
    @CsvSource({
        "hunyuanvideo-t2v-tiny, a transformer of HunyuanVideo",
        "cogvideox-t2v-tiny, a transformer of CogVideoX"
    })
    void anAdapterIsToldWithItsFamily(String golden, String target) throws IOException {
        Path all = Goldens.folder("lora").resolve(golden);
        try (var files = Files.list(all)) {
            List<Path> adapters =
                    files.filter(f -> f.toString().matches(".*\\.(peft|kohya|original)\\..*"))
                            .toList();
            assertThat(adapters).isNotEmpty();
            assertThat(adapters)
                    .allSatisfy(file ->
                            assertThat(FileInfo.of(file).adapter().orElseThrow().target())
                                    .as(file.toString())
                                    .isEqualTo(target));
        }
    }
}
