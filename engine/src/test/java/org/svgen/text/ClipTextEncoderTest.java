package org.svgen.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.WeightMemory;
import org.svgen.nn.ClipShape;
import org.svgen.nn.ClipShape.Gelu;
import org.svgen.nn.LayerNorm;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Backends;
import org.svgen.tensor.device.Workspace;
import org.svgen.testkit.Goldens;

class ClipTextEncoderTest {
    private static final int LEGACY = 2;

    @Test
    void theWholeTextIsInThePlaceOfTheFirstEndToken() {
        assertThat(encoder(7).end(new int[] {6, 3, 9, 7, 7})).isEqualTo(3);
    }

    @Test
    void legacyModelsTakeTheGreatestTokenForTheEnd() {
        assertThat(encoder(LEGACY).end(new int[] {6, 2, 9, 3, 9})).isEqualTo(2);
    }

    @Test
    void nothingBehindTheEndTokenIsSeen() {
        try (Arena arena = Arena.ofShared();
                Backend backend = Backends.open("cpu", note -> {});
                Workspace workspace = new Workspace(backend, 4 << 20);
                Checkpoint checkpoint = Checkpoint.open(Goldens.folder("hunyuanvideo-tiny"))) {
            ClipConfig config = ClipConfig.read(checkpoint.config("text_encoder_2"));
            ClipTextEncoder encoder =
                    ClipTextEncoder.load(
                            config,
                            checkpoint.weights(
                                    "text_encoder_2", WeightMemory.resident(backend), DType.F32));
            int[] ids = {527, 320, 65, 528, 4, 5, 6};
            Tensor out = Tensor.zeros(arena, DType.F32, 1, config.width());
            encoder.encode(workspace, ids, out);
            float[] expected = out.toFloats();
            ids[5] = 100;
            encoder.encode(workspace, ids, out);
            assertThat(out.toFloats()).isEqualTo(expected);
            ids[1] = 100;
            encoder.encode(workspace, ids, out);
            assertThat(out.toFloats()).isNotEqualTo(expected);
        }
    }

    private static ClipTextEncoder encoder(int endToken) {
        ClipConfig config =
                new ClipConfig(10, new ClipShape(8, 2, 16, 0, Gelu.QUICK, 1e-5f), 77, endToken);
        Tensor none = Tensor.zeros(Arena.ofAuto(), DType.F32, 1, 1);
        return new ClipTextEncoder(config, none, none, List.of(), new LayerNorm(null, null, 1e-5f));
    }
}
