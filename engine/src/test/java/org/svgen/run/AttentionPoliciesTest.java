package org.svgen.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.svgen.pipeline.Amount;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.AttentionSettings.Mode;
import org.svgen.pipeline.StepListener;
import org.svgen.sparse.AttentionPolicy;
import org.svgen.sparse.OfficialRules;
import org.svgen.sparse.VideoGeometry;
import org.svgen.sparse.VideoGeometry.TextPlace;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Workspace;
import org.svgen.testkit.TestDevice;

/** What the heads of a video without text keep, seen through attention itself. */
class AttentionPoliciesTest {
    private static final int PLACES = 8;

    private final List<String> notes = new ArrayList<>();

    @ParameterizedTest
    @EnumSource(
            value = Mode.class,
            names = {"SVG", "SPATIAL", "TEMPORAL"})
    void everyQuerySeesTheFirstFrameAndItself(Mode mode) {
        boolean[][] kept = kept(mode, 6, 0.5, 0, 0);
        assertThat(notes).isEmpty();
        for (int q = 0; q < kept.length; q++) {
            assertThat(kept[q][q]).isTrue();
            for (int k = 0; k < PLACES; k++) {
                assertThat(kept[q][k]).as("query %d, key %d", q, k).isTrue();
            }
        }
        assertThat(share(kept)).isBetween(0.4, 0.5);
    }

    @Test
    void temporalHeadsSeeTheirPlaceInEveryFrame() {
        boolean[][] kept = kept(Mode.TEMPORAL, 6, 0.5, 0, 0);
        for (int q = 0; q < kept.length; q++) {
            for (int frame = 1; frame < 6; frame++) {
                assertThat(kept[q][frame * PLACES + q % PLACES]).isTrue();
            }
        }
    }

    @Test
    void oneFrameIsNoSink() {
        boolean[][] kept = kept(Mode.SVG, 1, 0.5, 0, 0);
        assertThat(notes)
                .containsExactly(
                        "one latent frame: heads attend in a band, without a first-frame sink");
        assertThat(share(kept)).isBetween(0.3, 0.5);
    }

    @Test
    void aSinkThatLeavesNoRoomIsLeftOut() {
        boolean[][] kept = kept(Mode.SVG, 3, 0.3, 0, 0);
        assertThat(notes)
                .containsExactly(
                        "density 0.300 leaves no room for a first-frame sink, which alone keeps"
                                + " 0.333: heads attend in a band without it");
        assertThat(share(kept)).isBetween(0.2, 0.3);
        for (int q = 0; q < kept.length; q++) {
            assertThat(kept[q][q]).isTrue();
        }
    }

    @Test
    void theOfficialMasksSayWhatTheyKeep() {
        assertThat(share(kept(Mode.SVG_OFFICIAL, 6, 0.3, 0, 0))).isEqualTo(1);
        assertThat(notes)
                .containsExactly("density 0.300 is not what the official masks keep, but 1.000");
    }

    @ParameterizedTest
    @EnumSource(
            value = Mode.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"DENSE", "PAB", "SVG_OFFICIAL"})
    void whereAllStepsAreDenseANoteSaysSo(Mode mode) {
        kept(mode, 6, 0.5, 3, 0);
        assertThat(notes).contains("attention is dense in all steps, of which there are 3");
        notes.clear();
        kept(mode, 6, 0.5, 2, 0);
        assertThat(notes).noneMatch(note -> note.startsWith("attention is dense"));
    }

    @Test
    void blocksSayWhatTheyKeepInAnyCase() {
        kept(Mode.SOL, 60, 0.01, 0, 0);
        assertThat(notes)
                .singleElement()
                .asString()
                .startsWith(
                        "density 0.010 cannot be reached: the text and each block's neighbours alone"
                                + " keep 0.");
        notes.clear();
        kept(Mode.SOL, 60, 1, 0, 0);
        assertThat(notes).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"TOPK, block", "MINFERENCE, block", "STA, tile"})
    void listsSayWhatTheyKeepInAnyCase(Mode mode, String each) {
        kept(mode, 60, 0.01, 0, 0);
        assertThat(notes)
                .singleElement()
                .asString()
                .startsWith(
                        "density 0.010 cannot be reached: the text and each %s alone keep 0."
                                .formatted(each));
        notes.clear();
        assertThat(share(kept(mode, 60, 1, 0, 0))).isEqualTo(1);
        assertThat(notes).isEmpty();
    }

    /** The official Wan code compares timesteps; a step less than 1 below counts with the last. */
    @ParameterizedTest
    @CsvSource({
        "SVG, 0, 0, false",
        "SVG, 1, 0, true",
        "SVG, 1, 1, false",
        "SVG, 1, 2, false",
        "SVG_OFFICIAL, 0, 0, false",
        "SVG_OFFICIAL, 1, 1, true",
        "SVG_OFFICIAL, 1, 2, false"
    })
    void warmsUpByStepsOrAsTheOfficialCodeByTimesteps(
            Mode mode, int denseSteps, int step, boolean dense) {
        // So many frames that the official band, whole blocks of 128 keys, leaves some out.
        boolean[][] kept = kept(mode, 60, 0.1, denseSteps, step);
        assertThat(share(kept) == 1).isEqualTo(dense);
    }

    private static double share(boolean[][] kept) {
        double n = 0;
        for (boolean[] row : kept) {
            for (boolean key : row) {
                n += key ? 1 : 0;
            }
        }
        return n / kept.length / kept.length;
    }

    /**
     * All keys weigh the same to a query of zeros, and each key's value is a channel of its own.
     */
    private boolean[][] kept(Mode mode, int frames, double density, int denseSteps, int step) {
        VideoGeometry g = new VideoGeometry(frames, PLACES, TextPlace.NONE, 0, 0);
        int n = g.tokens();
        double[] timesteps = {999, 998.5, 990};
        StepListener listener =
                new StepListener() {
                    @Override
                    public void note(String text) {
                        notes.add(text);
                    }
                };
        try (Arena arena = Arena.ofShared();
                Backend backend = TestDevice.open();
                Workspace workspace = new Workspace(backend, 16 << 20)) {
            AttentionSettings settings =
                    AttentionSettings.builder()
                            .mode(mode)
                            .density(density)
                            .denseSteps(new Amount.Count(denseSteps))
                            .denseLayers(new Amount.Count(0))
                            .sampledRows(4)
                            .build();
            AttentionPolicy policy =
                    AttentionPolicies.create(
                            settings,
                            AttentionPolicies.Run.even(
                                    new DenoiserShape(g, 1, 1, n, 1, OfficialRules.WAN, true),
                                    timesteps,
                                    0,
                                    settings),
                            workspace,
                            arena,
                            listener);
            float[] each = new float[n * n];
            for (int i = 0; i < n; i++) {
                each[i * n + i] = 1;
            }
            Tensor zeros = workspace.allocate(DType.F32, 1, 1, n, n);
            workspace.ops().fill(0, zeros);
            Tensor values = workspace.copyOf(Tensor.of(arena, each, 1, 1, n, n));
            Tensor out = workspace.allocate(DType.F32, 1, n, 1, n);
            policy.beginStep(step, timesteps[step]);
            policy.attend(workspace, 0, zeros, zeros, values, out);
            policy.endStep();
            float[] weights = TestDevice.host(backend, out).toFloats();
            boolean[][] kept = new boolean[n][n];
            for (int i = 0; i < n * n; i++) {
                kept[i / n][i % n] = weights[i] > 0;
            }
            return kept;
        }
    }
}
