package org.svgen.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.svgen.pipeline.Amount;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.AttentionSettings.BlockOrder;
import org.svgen.pipeline.AttentionSettings.Mode;
import org.svgen.pipeline.AttentionSettings.Tail;
import org.svgen.pipeline.Plan;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Result;
import org.svgen.pipeline.StepListener;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.device.Backend;
import org.svgen.testkit.FarBackend;
import org.svgen.testkit.Goldens;

/** Whole runs that attend by blocks of keys. */
class SolRunTest {
    private static Request request(VideoPipeline pipeline, AttentionSettings attention) {
        return Request.builder(pipeline.defaults())
                .prompt("a panda plays guitar")
                .size(64, 48)
                .frames(9)
                .steps(3)
                .attention(attention)
                .build();
    }

    private static AttentionSettings blocks(Mode mode, Tail tail, BlockOrder order) {
        return AttentionSettings.builder()
                .mode(mode)
                .tail(tail)
                .blockOrder(order)
                .density(0.5)
                .denseSteps(new Amount.Count(1))
                .denseLayers(new Amount.Count(0))
                .sampledRows(8)
                .build();
    }

    @ParameterizedTest
    @CsvSource({
        "cogvideox-t2v-tiny, SOL, AUTO, RASTER",
        "hunyuanvideo-tiny, SOL, OFF, MORTON",
        "wan22-t2v-tiny, SOL, ON, MORTON",
        "cogvideox-t2v-tiny, TOPK, AUTO, MORTON",
        "hunyuanvideo-tiny, TOPK, ON, RASTER",
        "wan22-t2v-tiny, TOPK, AUTO, RASTER",
        "cogvideox-t2v-tiny, MINFERENCE, AUTO, RASTER",
        "hunyuanvideo-tiny, MINFERENCE, ON, RASTER",
        "wan22-t2v-tiny, MINFERENCE, AUTO, RASTER",
        "cogvideox-t2v-tiny, STA, AUTO, RASTER",
        "hunyuanvideo-tiny, STA, ON, RASTER",
        "wan22-t2v-tiny, STA, AUTO, RASTER",
        "cogvideox-t2v-tiny, SVG, ON, RASTER",
        "hunyuanvideo-tiny, SPATIAL, ON, RASTER",
        "wan22-t2v-tiny, SVG, ON, RASTER"
    })
    void goAsTheyWerePlannedAndGiveTheSameBitsTwice(
            String folder, Mode mode, Tail tail, BlockOrder order) {
        try (Backend backend = new FarBackend(Long.MAX_VALUE);
                VideoPipeline pipeline = Pipelines.open(Goldens.folder(folder), backend)) {
            Request request = request(pipeline, blocks(mode, tail, order));
            Plan plan = pipeline.plan(request, Long.MAX_VALUE);
            long[] hashes = new long[2];
            for (int i = 0; i < 2; i++) {
                try (Result result = pipeline.generate(request, plan, StepListener.SILENT)) {
                    hashes[i] = TinyRun.hash(result);
                    assertThat(result.report().peakBytes()).isLessThanOrEqualTo(plan.peakBytes());
                    assertThat(result.report().sparseDensity()).isPresent();
                    assertThat(result.report().steps().getLast().densities())
                            .allMatch(text -> text.matches("(\\d+[, ]*)+") == byLists(mode));
                }
            }
            assertThat(hashes[1]).isEqualTo(hashes[0]);
        }
    }

    private static boolean byLists(Mode mode) {
        return switch (mode) {
            case SOL, TOPK, MINFERENCE, STA -> true;
            default -> false;
        };
    }

    @Test
    void blocksAreNotAttendedToIn8Bits() {
        assertThatThrownBy(() ->
                        AttentionSettings.builder()
                                .mode(Mode.SOL)
                                .attentionDtype(AttentionSettings.Precision.FP8)
                                .build())
                .isInstanceOf(BadInputException.class)
                .hasMessage(
                        "attentionDtype: expected auto, f32 or bf16 with attention sol and tail auto,"
                                + " whose blocks are not attended to in 8 bits, found fp8");
    }
}
