package org.svgen.models.wan;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.ModelSpec;
import org.svgen.checkpoint.WeightCount;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.Request;
import org.svgen.run.Blocks;
import org.svgen.run.Denoiser;
import org.svgen.run.Trial;
import org.svgen.sparse.AttentionStatistics;
import org.svgen.sparse.Dense;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.DryRun;
import org.svgen.tensor.device.Work;
import org.svgen.tensor.op.AttentionOp;

/** The model of 14 billion parameters at 720p, as a GPU computes it: its memory and operations. */
class WanFullSizeTest {
    private static final int FRAMES = 81;
    private static final long TOKENS = 75_600;
    private static final long WIDTH = 5120;
    private static final double GIGABYTE = 1e9;

    @TempDir Path folder;

    @BeforeEach
    void writeModel() throws IOException {
        Files.writeString(folder.resolve("model_index.json"), "{\"_class_name\": \"x\"}");
        Path config = Files.createDirectories(folder.resolve("transformer"));
        Files.writeString(
                config.resolve("config.json"), "{\"_class_name\": \"WanTransformer3DModel\"}");
    }

    @Test
    void itHasFourteenBillionParametersInFortyLayers() {
        WeightCount weights = new WeightCount();
        load(weights);
        assertThat(weights.layers()).hasSize(40);
        double layers = weights.layers().stream().mapToLong(WeightCount.Layer::bytes).sum();
        assertThat((layers + weights.otherBytes()) / 2 / 1e9)
                .as("parameters")
                .isBetween(14.2, 14.4);
    }

    @Test
    void aStepAt720pTakesLittleBesidesTheStreamsOfItsBranches() {
        DryRun.Played played = play(FRAMES, 6);
        double step = played.workspaceBytes() / GIGABYTE;
        double stream = 4 * TOKENS * WIDTH / GIGABYTE;
        // Two streams in f32; a norm, rows and heads of one branch in bf16; tables and patches.
        assertThat(step).isBetween(2 * stream + 5 * stream / 2, 2 * stream + 6 * stream / 2);
        assertThat(played.work().calls())
                .extracting(Work.Call::op)
                .filteredOn(AttentionOp.class::isInstance)
                .extracting(op -> op.tensors().getFirst().toString())
                .as("queries")
                .containsOnly("bf16 [1, 40, 75600, 128]");
        double longer = play(3 * FRAMES - 2, 1).workspaceBytes() / GIGABYTE;
        assertThat(longer).as("241 frames, one branch").isLessThan(3 * (step - 0.9 * stream));
    }

    private WanTransformer load(WeightCount weights) {
        try (Checkpoint checkpoint = Checkpoint.open(ModelSpec.synthetic(folder))) {
            return WanTransformer.load(
                    checkpoint.config("transformer"),
                    checkpoint.weights("transformer", weights, DType.BF16));
        }
    }

    private DryRun.Played play(int frames, double guidance) {
        WanTransformer model = load(new WeightCount());
        Request request =
                Trial.request(1280, 720, frames, AttentionSettings.DEFAULT).toBuilder()
                        .guidance(guidance)
                        .build();
        return DryRun.play(
                DType.BF16,
                workspace -> {
                    Denoiser denoiser = model.trial(request, workspace);
                    long[] dims = model.latentDims(request);
                    Tensor sample = Tensor.phantom(DType.F32, dims);
                    dims[0] = denoiser.shape().branches();
                    Dense dense =
                            new Dense(denoiser.shape().geometry(), new AttentionStatistics(40));
                    Blocks blocks = new Blocks(workspace.ops(), Tensor.phantom(DType.I32, 40));
                    denoiser.predict(500, sample, dense, blocks, Tensor.phantom(DType.F32, dims));
                });
    }
}
