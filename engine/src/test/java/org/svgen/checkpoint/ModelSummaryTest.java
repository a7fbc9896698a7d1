package org.svgen.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.svgen.testkit.Goldens;

class ModelSummaryTest {
    @Test
    void countsWhatTheHeadersHold() {
        try (Checkpoint checkpoint = Checkpoint.open(Goldens.folder("cogvideox-t2v-tiny"))) {
            ModelSummary summary = ModelSummary.of(checkpoint);
            assertThat(summary.name()).isEqualTo("cogvideox-t2v-tiny");
            assertThat(summary.pipelineClass()).isEqualTo("CogVideoXPipeline");
            List<ModelSummary.Part> parts = summary.parts();
            assertThat(parts)
                    .extracting(ModelSummary.Part::name)
                    .containsExactly(
                            "scheduler", "text_encoder", "tokenizer", "transformer", "vae");
            ModelSummary.Part transformer = parts.get(3);
            // "total_size" in the golden's index.
            assertThat(transformer.bytes()).isEqualTo(1_050_304);
            assertThat(transformer.parameters()).isEqualTo(525_152);
            assertThat(transformer.tensors()).containsOnlyKeys(StoredType.BF16);
            assertThat(transformer.config())
                    .containsEntry("num_layers", "2")
                    .containsEntry("use_rotary_positional_embeddings", "true")
                    .doesNotContainKey("ofs_embed_dim");
            ModelSummary.Part scheduler = parts.getFirst();
            assertThat(scheduler.parameters()).isZero();
            assertThat(scheduler.tensors()).isEqualTo(Map.of());
            assertThat(scheduler.config()).containsEntry("prediction_type", "\"v_prediction\"");
            assertThat(summary.bytes())
                    .isEqualTo(parts.stream().mapToLong(ModelSummary.Part::bytes).sum());
        }
    }
}
