package org.svgen.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.AttentionSettings.Mode;
import org.svgen.pipeline.AttentionSettings.Precision;
import org.svgen.pipeline.ClusterSettings;
import org.svgen.pipeline.StepListener;
import org.svgen.sparse.OfficialRules;
import org.svgen.sparse.VideoGeometry;
import org.svgen.sparse.VideoGeometry.TextPlace;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Workspace;
import org.svgen.testkit.TestDevice;

/** What attention by clusters refuses, and what it says. */
class ClusterPoliciesTest {
    private static final VideoGeometry G = new VideoGeometry(2, 30, TextPlace.FIRST, 20, 20);

    private static List<String> notes(AttentionSettings settings) {
        List<String> notes = new ArrayList<>();
        StepListener listener =
                new StepListener() {
                    @Override
                    public void note(String text) {
                        notes.add(text);
                    }
                };
        DenoiserShape shape = new DenoiserShape(G, 1, 2, 16, 1, OfficialRules.COG, false);
        try (Arena arena = Arena.ofShared();
                Backend backend = TestDevice.open();
                Workspace workspace = new Workspace(backend, 1 << 20)) {
            AttentionPolicies.create(
                    settings,
                    AttentionPolicies.Run.even(shape, new double[] {1}, 0, settings),
                    workspace,
                    arena,
                    listener);
        }
        return notes;
    }

    private static AttentionSettings settings(int queryClusters, int keyClusters, double density) {
        ClusterSettings c = ClusterSettings.DEFAULT;
        return AttentionSettings.builder()
                .mode(Mode.EAR)
                .density(density)
                .clusters(
                        new ClusterSettings(
                                queryClusters,
                                keyClusters,
                                c.topP(),
                                c.clusterIterations(),
                                c.clusterMetric(),
                                c.routing()))
                .build();
    }

    @Test
    void moreClustersThanTokensAreRefused() {
        assertThat(notes(settings(60, 60, 0.8))).isEmpty();
        assertThatThrownBy(() -> notes(settings(61, 0, 0.8)))
                .isInstanceOf(BadInputException.class)
                .hasMessage(
                        "queryClusters 61: expected at most 60, as many tokens as the video has");
        assertThatThrownBy(() -> notes(settings(0, 4000, 0.8)))
                .isInstanceOf(BadInputException.class)
                .hasMessage(
                        "keyClusters 4000: expected at most 60, as many tokens as the video has");
    }

    /** 80 tokens, of which 20 are text: 2800 of 6400 pairs. */
    @Test
    void aDensityBelowWhatTheTextKeepsIsSaid() {
        assertThat(notes(settings(0, 0, 0.4)))
                .containsExactly("density 0.400 cannot be reached: the text alone keeps 0.438");
    }

    @Test
    void thereAreNo8Bits() {
        assertThatThrownBy(
                        () -> settings(0, 0, 0.5).toBuilder().attentionDtype(Precision.FP8).build())
                .isInstanceOf(BadInputException.class)
                .hasMessageStartingWith("attentionDtype: expected auto, f32 or bf16 with");
    }
}
