package org.svgen.models.wan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.models.ModelCopy;
import org.svgen.models.Pipelines;
import org.svgen.pipeline.Pictures;
import org.svgen.pipeline.Plan;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Result;
import org.svgen.pipeline.Stage;
import org.svgen.pipeline.StepListener;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.run.Expert;
import org.svgen.run.Model;
import org.svgen.run.Shift;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.testkit.FarBackend;
import org.svgen.testkit.Goldens;

/** What Wan's models take, and what they say of it before they begin. */
class WanRequestTest {
    private static final Tensor PICTURE = Tensor.zeros(Arena.ofAuto(), DType.F32, 4, 6, 3);

    private final Backend backend = new FarBackend(1L << 40);

    private VideoPipeline open(String model) {
        return Pipelines.open(Goldens.folder(model), backend);
    }

    private static Request small(VideoPipeline pipeline) {
        return Request.builder(pipeline.defaults())
                .prompt("a panda")
                .size(64, 64)
                .frames(9)
                .steps(4)
                .image(pipeline.pictures().needed() ? PICTURE : null)
                .build();
    }

    @ParameterizedTest
    @CsvSource({
        "wan-t2v-tiny, REFUSED, REFUSED",
        "wan-i2v-tiny, NEEDED, REFUSED",
        "wan-flf2v-tiny, NEEDED, NEEDED",
        "wan22-t2v-tiny, REFUSED, REFUSED",
        "wan22-i2v-tiny, NEEDED, ALLOWED",
        "wan22-ti2v-tiny, ALLOWED, REFUSED"
    })
    void everyModelSaysWhichPicturesItTakes(String model, Pictures.Use first, Pictures.Use last) {
        try (VideoPipeline pipeline = open(model)) {
            assertThat(pipeline.pictures()).isEqualTo(new Pictures(first, last));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    wan-t2v-tiny    | 832  | 480  | 81  | 50 | 5   | auto  | auto
                    wan-i2v-tiny    | 832  | 480  | 81  | 40 | 5   | auto  | auto
                    wan-flf2v-tiny  | 1280 | 720  | 81  | 50 | 5   | auto  | auto
                    wan22-t2v-tiny  | 1280 | 720  | 81  | 40 | 4   | 3.0   | 0.875
                    wan22-i2v-tiny  | 1280 | 720  | 81  | 40 | 3.5 | 3.5   | 0.9
                    wan22-ti2v-tiny | 1280 | 704  | 121 | 50 | 5   | auto  | auto
                    """)
    void defaultsAreThoseOfTheOfficialConfigurations(
            String model,
            int width,
            int height,
            int frames,
            int steps,
            double guidance,
            String second,
            String boundary) {
        try (VideoPipeline pipeline = open(model)) {
            Request r = Request.of("a", pipeline.defaults());
            assertThat(List.of(r.width(), r.height(), r.frames(), r.steps()))
                    .containsExactly(width, height, frames, steps);
            assertThat(r.fps()).isEqualTo(model.contains("ti2v") ? 24 : 16);
            assertThat(r.guidance()).isEqualTo(guidance);
            assertThat(r.get(WanFamily.GUIDANCE_2))
                    .isEqualTo(WanFamily.GUIDANCE_2.rule().parse(second));
            assertThat(r.get(WanFamily.BOUNDARY))
                    .isEqualTo(WanFamily.BOUNDARY.rule().parse(boundary));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    wan-t2v-tiny    | 40 | 32 | 9     | width 40: expected a multiple of 16; the nearest are 32 and 48
                    wan-t2v-tiny    | 48 | 8  | 9     | height 8: expected a multiple of 16; the nearest are 16 and 32
                    wan-t2v-tiny    | 48 | 32 | 80    | frames 80: this model makes 1 + a multiple of 4 frames; the nearest are 77 and 81
                    wan22-ti2v-tiny | 48 | 32 | 9     | width 48: expected a multiple of 32; the nearest are 32 and 64
                    wan-t2v-tiny    | 48 | 32 | 4097  | frames 4097: this model knows 1024 places along an axis, which is 4093
                    wan-t2v-tiny    | 16400 | 32 | 9  | width 16400: this model knows 1024 places along an axis, which is 16384
                    """)
    void namesTheNearestSizes(String model, int width, int height, int frames, String message) {
        try (VideoPipeline pipeline = open(model)) {
            Request request =
                    small(pipeline).toBuilder().size(width, height).frames(frames).build();
            assertThatThrownBy(() -> pipeline.check(request))
                    .isInstanceOf(BadInputException.class)
                    .hasMessage(message);
        }
    }

    @Test
    void twoPicturesNeedTwoLatentFrames() {
        try (VideoPipeline pipeline = open("wan22-i2v-tiny")) {
            Request one = small(pipeline).toBuilder().lastImage(PICTURE).frames(1).build();
            assertThatThrownBy(() -> pipeline.check(one))
                    .hasMessage(
                            "frames 1: a first and a last picture (lastImage) need 5 frames at least");
            pipeline.check(one.toBuilder().frames(5).build());
            pipeline.check(one.toBuilder().lastImage(null).build());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0.875, 5, 5, 3, 2",
        "0.875, 5, 1, 1, 4",
        "0.875, 5, 12, 4, 1",
        "1, 5, 5, 0, 5",
        "0, 5, 5, 5, 0",
        "0.875, 1, 5, 1, 0"
    })
    void boundaryAndShiftSayWhichExpertTakesAStep(
            double boundary, int steps, double shift, int high, int low) {
        try (Checkpoint checkpoint = Checkpoint.open(Goldens.folder("wan22-t2v-tiny"));
                Model model = new WanFamily().open(checkpoint, DType.F32)) {
            Request r =
                    Request.builder(model.defaults())
                            .steps(steps)
                            .set(WanFamily.BOUNDARY, OptionalDouble.of(boundary))
                            .set(Shift.SETTING, OptionalDouble.of(shift))
                            .build();
            double[] timesteps = model.scheduler(r).timesteps(steps);
            assertThat(model.parts(r, StepListener.SILENT).experts(timesteps))
                    .extracting(Expert::label, Expert::from, Expert::to)
                    .containsExactly(
                            tuple("high noise", 0, high), tuple("low noise", high, high + low));
        }
    }

    /** One expert at a time is on the device, and no more than that is planned. */
    @Test
    void expertsTakeTheDeviceOneAfterTheOther() {
        try (VideoPipeline pipeline = open("wan22-t2v-tiny")) {
            Request r = small(pipeline);
            Plan plan = pipeline.plan(r, Long.MAX_VALUE);
            assertThat(plan.stages())
                    .extracting(stage -> stage.stage().text())
                    .containsExactly("text", "denoise high noise", "denoise low noise", "decode");
            try (Result result = pipeline.generate(r, plan, StepListener.SILENT)) {
                assertThat(result.report().peakBytes()).isEqualTo(plan.peakBytes());
            }
        }
    }

    @Test
    void aLongerVideoTakesNoMoreMemoryToEncodeItsPictures() {
        try (VideoPipeline pipeline = open("wan22-i2v-tiny")) {
            Request r = small(pipeline);
            long nine = imageBytes(pipeline, r);
            assertThat(imageBytes(pipeline, r.toBuilder().frames(81).build())).isEqualTo(nine);
        }
    }

    private static long imageBytes(VideoPipeline pipeline, Request request) {
        return pipeline.plan(request, Long.MAX_VALUE).stage(Stage.IMAGE).bytes();
    }

    @Test
    void aSchedulerThatLeavesItsShiftToTheRunAsksForIt(@TempDir Path folder) throws IOException {
        ModelCopy.to(folder, "wan-t2v-tiny");
        ModelCopy.replace(
                folder.resolve("scheduler/scheduler_config.json"),
                "\"use_dynamic_shifting\": false",
                "\"use_dynamic_shifting\": true");
        try (VideoPipeline pipeline = Pipelines.open(folder, backend)) {
            Request r = small(pipeline);
            assertThatThrownBy(() -> pipeline.check(r))
                    .isInstanceOf(BadInputException.class)
                    .hasMessageContaining("shift: expected a number");
            pipeline.check(r.toBuilder().set(Shift.SETTING, OptionalDouble.of(3)).build());
        }
    }

    /** On a device that computes in single precision it is the same video, to the bit. */
    @Test
    void inBfloat16NoiseAndLatentsStayInSinglePrecision() {
        try (VideoPipeline pipeline = open("wan-t2v-tiny")) {
            Request r = small(pipeline).toBuilder().size(32, 32).frames(5).steps(2).build();
            Request half = r.toBuilder().dtype(DType.BF16).build();
            try (Result full = pipeline.generate(r, StepListener.SILENT);
                    Result other = pipeline.generate(half, StepListener.SILENT)) {
                assertThat(other.latents().toFloats()).isEqualTo(full.latents().toFloats());
            }
        }
    }

    /** From the first step on, and whatever steps make of its noise. */
    @Test
    void aGivenFirstFrameIsThatOfPreviewsAndOfTheResult() {
        List<float[]> seen = new ArrayList<>();
        StepListener listener =
                new StepListener() {
                    @Override
                    public boolean wantsPreview(int step, int steps) {
                        return true;
                    }

                    @Override
                    public void preview(int step, Tensor clean) {
                        seen.add(firstFrame(clean));
                    }
                };
        try (VideoPipeline pipeline = open("wan22-ti2v-tiny")) {
            Request r =
                    small(pipeline).toBuilder()
                            .size(32, 32)
                            .frames(5)
                            .steps(2)
                            .image(PICTURE)
                            .build();
            try (Result result = pipeline.generate(r, listener)) {
                seen.add(firstFrame(result.latents()));
            }
            try (Result other = pipeline.generate(r.toBuilder().seed(1).build(), listener)) {
                seen.add(firstFrame(other.latents()));
            }
        }
        assertThat(seen).hasSize(6).allMatch(frame -> Arrays.equals(frame, seen.getFirst()));
    }

    private static float[] firstFrame(Tensor latents) { // [1, C, F, H, W]
        float[] values = latents.toFloats();
        int channels = latents.size(1);
        int plane = latents.size(3) * latents.size(4);
        float[] frame = new float[channels * plane];
        for (int c = 0; c < channels; c++) {
            System.arraycopy(values, c * latents.size(2) * plane, frame, c * plane, plane);
        }
        return frame;
    }

    @Test
    void saysWhatItDoesNotUse() {
        try (VideoPipeline one = open("wan-t2v-tiny");
                VideoPipeline two = open("wan22-t2v-tiny")) {
            Request r =
                    Request.builder(two.defaults())
                            .guidance(1)
                            .negativePrompt("blurry")
                            .set(WanFamily.GUIDANCE_2, OptionalDouble.of(1))
                            .build();
            assertThat(one.unused(r))
                    .containsExactly(
                            "the negative prompt is not used: guidance of at most 1 turns it off",
                            "guidance 2 is not used: this model has one transformer for all noise",
                            "boundary is not used: this model has one transformer for all noise");
            assertThat(two.unused(r))
                    .containsExactly(
                            "the negative prompt is not used: guidance of at most 1 turns it off",
                            "guidance 2 is not used: guidance of at most 1 turns it off");
            assertThat(two.unused(r.toBuilder().guidance(2).build())).isEmpty();
            Request plain = Request.builder(two.defaults()).guidance(1).build();
            assertThat(two.unused(plain)).isEmpty();
        }
    }

    /** The second pass of a step is for the prompt that is not there. */
    @ParameterizedTest
    @CsvSource({"4, 3, 2", "4, 1, 2", "1, 3, 1", "0, 3, 1"})
    void guidanceOfTheFirstExpertSaysWhetherAnyStepIsGuided(
            double first, double second, int branches) {
        try (VideoPipeline pipeline = open("wan22-t2v-tiny")) {
            Request r =
                    small(pipeline).toBuilder()
                            .guidance(first)
                            .set(WanFamily.GUIDANCE_2, OptionalDouble.of(second))
                            .build();
            Plan plan = pipeline.plan(r, Long.MAX_VALUE);
            assertThat(plan.tokens().branches()).isEqualTo(branches);
            double high = operations(plan, "high noise");
            double low = operations(plan, "low noise"); // two steps each
            assertThat(low / high).isCloseTo(first > 1 && second <= 1 ? 0.5 : 1, within(0.02));
        }
    }

    private static double operations(Plan plan, String expert) {
        return plan.stage(new Stage(Stage.Kind.DENOISE, expert)).need().work().calls().stream()
                .mapToDouble(call -> call.count() * call.op().operations())
                .sum();
    }
}
