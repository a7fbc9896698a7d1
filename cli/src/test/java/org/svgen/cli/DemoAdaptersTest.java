package org.svgen.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.media.VideoReader;
import org.svgen.models.Pipelines;
import org.svgen.pipeline.Clip;

/** The adapters that come with the demo model, by their names, on trained weights. */
class DemoAdaptersTest {
    private static final int SIZE = 160;

    @TempDir Path folder;

    private Cli generate(String... adapters) {
        List<String> words = new ArrayList<>(List.of("generate"));
        words.add("a red circle moves right on a black background");
        words.addAll(List.of("--device", "cpu", "--seed", "1"));
        Arrays.stream(adapters).forEach(name -> words.addAll(List.of("--lora", name)));
        words.addAll(List.of("--output", folder.resolve("video.mp4").toString()));
        return Cli.run(Pipelines::openSession, "", words.toArray(String[]::new));
    }

    /** Mean red, green and blue of the first or the last rows of all frames. */
    private static double[] rows(Clip clip, int first, int count) {
        double[] sums = new double[3];
        for (int frame = 0; frame < clip.count(); frame++) {
            byte[] rgb = clip.rgb(frame);
            for (int i = first * SIZE * 3; i < (first + count) * SIZE * 3; i++) {
                sums[i % 3] += rgb[i] & 255;
            }
        }
        double n = (double) clip.count() * count * SIZE;
        return Arrays.stream(sums).map(sum -> sum / n).toArray();
    }

    private static double brightest(double[] means) {
        return Arrays.stream(means).max().orElseThrow();
    }

    /** The mean column of what is red in a frame, in pixels; NaN where nothing is. */
    private static double redColumn(byte[] rgb) {
        double sum = 0;
        int n = 0;
        for (int i = 0; i < rgb.length; i += 3) {
            int others = Math.max(rgb[i + 1] & 255, rgb[i + 2] & 255);
            if ((rgb[i] & 255) > 180 && others < 90) {
                sum += i / 3 % SIZE;
                n++;
            }
        }
        return n < 200 ? Double.NaN : sum / n;
    }

    private static void assertRedMovesRight(Clip clip) {
        double first = redColumn(clip.rgb(2));
        double last = redColumn(clip.rgb(clip.count() - 3));
        assertThat(last - first).as("from %f to %f", first, last).isGreaterThan(50);
    }

    @Test
    void fourStepsWithoutGuidanceDrawWhatThePromptSays() {
        Cli cli = generate("4-steps");
        assertThat(cli.code()).as(cli.err()).isZero();
        assertThat(cli.err()).contains("distill-4").contains("4 steps");
        try (Clip clip = VideoReader.read(folder.resolve("video.mp4"))) {
            assertThat(clip.count()).isEqualTo(33);
            assertThat(brightest(rows(clip, 0, 8))).isLessThan(40);
            assertThat(brightest(rows(clip, SIZE - 8, 8))).isLessThan(40);
            assertRedMovesRight(clip);
        }
    }

    @Test
    void bothTogetherPutTheSameAtSunset() {
        Cli cli = generate("4-steps", "sunset");
        assertThat(cli.code()).as(cli.err()).isZero();
        try (Clip clip = VideoReader.read(folder.resolve("video.mp4"))) {
            double[] top = rows(clip, 0, 8);
            double[] bottom = rows(clip, SIZE - 8, 8);
            assertThat(top[2]).as("blue above").isGreaterThan(top[1] + 15).isBetween(80., 160.);
            assertThat(bottom[0]).as("red below").isGreaterThan(bottom[2] + 20).isGreaterThan(200);
            assertRedMovesRight(clip);
        }
    }

    @Test
    void aNameThatIsNoneIsToldWithThoseThatComeWithTheModel() {
        Cli cli = Cli.runWithoutModel("generate", "x", "--lora", "sunrise");
        assertThat(cli.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(cli.errLines())
                .containsExactly(
                        "svgen: sunrise: there is no such file; with the model come 4-steps,"
                                + " sunset");
    }
}
