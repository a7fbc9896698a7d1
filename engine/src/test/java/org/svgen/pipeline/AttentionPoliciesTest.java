package org.svgen.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.svgen.sparse.OfficialRules;
import org.svgen.sparse.VideoGeometry;
import org.svgen.tensor.Backend;
import org.svgen.tensor.Backends;
import org.svgen.tensor.Workspace;

class AttentionPoliciesTest {
    @Test
    void saysWhatIsTakenWhereMoreIsAskedForThanThereIs() {
        assertThat(notes(new Amount.Count(5), new Amount.Count(3), 41))
                .containsExactly(
                        "--dense-steps 5: there are 4 steps, all are taken",
                        "--dense-layers 3: there are 2 layers, all are taken",
                        "--sampled-rows 41: there are 40 tokens of video, all are taken");
        assertThat(notes(new Amount.Count(4), new Amount.Fraction(1), 40)).isEmpty();
    }

    private static List<String> notes(Amount steps, Amount layers, int rows) {
        List<String> notes = new ArrayList<>();
        VideoGeometry geometry = new VideoGeometry(5, 8, VideoGeometry.TextPlace.FIRST, 4, 4);
        try (Backend backend = Backends.open("cpu", note -> {});
                Workspace workspace = new Workspace(backend, 1 << 16);
                Arena arena = Arena.ofConfined()) {
            AttentionPolicies.create(
                    new AttentionSettings(
                            AttentionSettings.Mode.SVG,
                            0.5,
                            steps,
                            layers,
                            Double.POSITIVE_INFINITY,
                            rows),
                    new AttentionPolicies.Run(geometry, 2, 1, 3, 4, 0, OfficialRules.COG),
                    workspace,
                    arena,
                    new StepListener() {
                        @Override
                        public void note(String line) {
                            notes.add(line);
                        }
                    });
        }
        return notes;
    }
}
