package org.svgen.run;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.AttentionSettings.Mode;
import org.svgen.pipeline.StepListener;
import org.svgen.sparse.OfficialRules;
import org.svgen.sparse.VideoGeometry;
import org.svgen.sparse.VideoGeometry.TextPlace;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Workspace;
import org.svgen.testkit.TestDevice;

class ListPoliciesTest {
    private static void create(List<Integer> tile) {
        VideoGeometry g = new VideoGeometry(3, 20, TextPlace.NONE, 0, 0, 5);
        AttentionSettings settings =
                AttentionSettings.builder().mode(Mode.STA).tile(tile).density(0.5).build();
        try (Arena arena = Arena.ofConfined();
                Backend backend = TestDevice.open();
                Workspace workspace = new Workspace(backend, 1 << 20)) {
            AttentionPolicies.create(
                    settings,
                    AttentionPolicies.Run.even(
                            new DenoiserShape(g, 1, 1, 8, 1, OfficialRules.WAN, true),
                            new double[2],
                            0,
                            settings),
                    workspace,
                    arena,
                    StepListener.SILENT);
        }
    }

    @ParameterizedTest
    @CsvSource({"4x4x5, 4, 4, 5", "3x5x5, 3, 5, 5", "1x1x6, 1, 1, 6"})
    void aTileIsNotLargerThanTheVideo(String found, int frames, int rows, int columns) {
        assertThatThrownBy(() -> create(List.of(frames, rows, columns)))
                .isInstanceOf(BadInputException.class)
                .hasMessage(
                        "tile: expected at most 3x4x5, the tokens of the video along frames, rows and"
                                + " columns, found "
                                + found);
    }

    @Test
    void aTileMayBeTheVideoOrAToken() {
        create(List.of(3, 4, 5));
        create(List.of(1, 1, 1));
        create(List.of());
    }
}
