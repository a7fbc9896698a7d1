package org.svgen.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.Defaults;
import org.svgen.pipeline.Latents;
import org.svgen.pipeline.Recipe;
import org.svgen.pipeline.Report;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Result;
import org.svgen.pipeline.Sampling;
import org.svgen.pipeline.VideoSize;

/** Programs keep the recipe with a video as the command does. */
class RecipeInVideoTest {
    @TempDir Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"a.mp4", "a.gif", "a/"})
    void theRecipeOfAResultIsReadBackFromItsVideo(String name) {
        Defaults defaults =
                Defaults.of(
                        new VideoSize(32, 24, 3, 8), Sampling.of(4, 6), AttentionSettings.DEFAULT);
        Report report =
                new Report(
                        "a model",
                        "c0ffee",
                        "cpu: 2 threads",
                        Map.of(),
                        0.25,
                        List.of(),
                        1,
                        OptionalDouble.empty(),
                        List.of(),
                        1,
                        2,
                        0,
                        0,
                        List.of(),
                        Report.Receipt.NONE);
        Recipe recipe = Recipe.of(Request.of("ein réd 🎈", defaults), report, "cpu");
        String out = folder.resolve(name) + (name.endsWith("/") ? "/" : "");
        try (Result result =
                new Result(TestClips.moving(3, 24, 32, 8), new Latents(1), report, recipe)) {
            VideoWriter.to(out).write(result);
        }
        assertThat(VideoReader.recipe(Path.of(out))).hasValue(recipe);
    }

    @Test
    void aVideoOfOthersHasNone() {
        String out = folder.resolve("a.gif").toString();
        try (var clip = TestClips.moving(2, 16, 16, 8)) {
            VideoWriter.to(out).write(clip, Map.of("comment", "holiday"));
        }
        assertThat(VideoReader.recipe(Path.of(out))).isEmpty();
        assertThat(VideoReader.recipe(folder)).isEmpty();
    }
}
