package org.svgen.models.hunyuan;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.WeightMemory;
import org.svgen.models.hunyuan.HunyuanTransformer.RopeTables;
import org.svgen.models.hunyuan.HunyuanTransformer.Text;
import org.svgen.nn.Rope3d;
import org.svgen.nn.joint.Conditioning;
import org.svgen.pipeline.Amount;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.StepListener;
import org.svgen.run.AttentionPolicies;
import org.svgen.run.Blocks;
import org.svgen.run.DenoiserShape;
import org.svgen.sparse.AttentionPolicy;
import org.svgen.sparse.OfficialRules;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Backends;
import org.svgen.tensor.device.Workspace;
import org.svgen.testkit.Goldens;

/** Text behind the prompt is nobody's business: not the video's, nor the profile's. */
class HunyuanPaddingTest {
    private static final int PROMPT = 11;
    private static final int TEXT = 256;
    private static final int WIDTH = 32;

    private final Random random = new Random(4);

    @ParameterizedTest
    @EnumSource(
            value = AttentionSettings.Mode.class,
            names = {"DENSE", "SVG", "SPATIAL", "TEMPORAL"})
    void whatStandsInThePaddingChangesNoBit(AttentionSettings.Mode mode) {
        try (Arena arena = Arena.ofShared();
                Backend backend = Backends.open("cpu", note -> {});
                Checkpoint checkpoint = Checkpoint.open(Goldens.folder("hunyuanvideo-tiny"))) {
            HunyuanTransformer model =
                    HunyuanTransformer.load(
                            checkpoint.config("transformer"),
                            checkpoint.weights(
                                    "transformer", WeightMemory.resident(backend), DType.F32));
            Tensor latents = Tensor.of(arena, values(4 * 3 * 4 * 6), 4, 3, 4, 6);
            Tensor pooled = Tensor.of(arena, values(WIDTH), 1, WIDTH);
            float[] embeds = values(TEXT * WIDTH);
            float[] expected = forward(model, backend, latents, embeds, pooled, mode);
            for (int i = PROMPT * WIDTH; i < embeds.length; i++) {
                embeds[i] = 100 - 3 * embeds[i];
            }
            assertThat(forward(model, backend, latents, embeds, pooled, mode)).isEqualTo(expected);
            embeds[(PROMPT - 1) * WIDTH] += 1;
            assertThat(forward(model, backend, latents, embeds, pooled, mode))
                    .as("the prompt's last token")
                    .isNotEqualTo(expected);
        }
    }

    private static float[] forward(
            HunyuanTransformer model,
            Backend backend,
            Tensor latents,
            float[] embeds,
            Tensor pooled,
            AttentionSettings.Mode mode) {
        HunyuanConfig c = model.config();
        HunyuanSize size = new HunyuanSize(3, 4, 6, c.patchSize());
        try (Arena arena = Arena.ofShared();
                Workspace workspace = new Workspace(backend, 16 << 20)) {
            Rope3d rope = model.rope(size.frames(), size.height(), size.width());
            int video = rope.cos().length / c.headDim();
            RopeTables tables =
                    new RopeTables(
                            Tensor.of(arena, rope.cos(), video, c.headDim()),
                            Tensor.of(arena, rope.sin(), video, c.headDim()));
            AttentionSettings settings =
                    AttentionSettings.builder()
                            .mode(mode)
                            .density(0.9)
                            .denseSteps(new Amount.Count(0))
                            .denseLayers(new Amount.Count(0))
                            .sampledRows(8)
                            .build();
            AttentionPolicy policy =
                    AttentionPolicies.create(
                            settings,
                            AttentionPolicies.Run.even(
                                    new DenoiserShape(
                                            size.geometry(PROMPT),
                                            c.layers(),
                                            c.heads(),
                                            c.width() / c.heads(),
                                            1,
                                            OfficialRules.HUNYUAN,
                                            false),
                                    new double[] {800},
                                    7,
                                    settings),
                            workspace,
                            arena,
                            new StepListener() {});
            Tensor time = Tensor.of(arena, Conditioning.sinusoid(800), 1, Conditioning.CHANNELS);
            Tensor out = Tensor.zeros(arena, DType.F32, 1, 4, 3, 4, 6);
            policy.beginStep(0, 800);
            model.forward(
                    workspace,
                    latents,
                    List.of(new Text(Tensor.of(arena, embeds, TEXT, WIDTH), PROMPT, pooled)),
                    time,
                    time,
                    tables,
                    policy,
                    new Blocks(workspace.ops(), Tensor.zeros(arena, DType.I32, c.layers())),
                    out);
            policy.endStep();
            return out.toFloats();
        }
    }

    private float[] values(int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
