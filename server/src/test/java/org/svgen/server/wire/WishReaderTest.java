package org.svgen.server.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WishReaderTest {
    private static Wish json(String body) {
        return WishReader.read(
                new Body(Json.object(body.getBytes(StandardCharsets.UTF_8)), Map.of()),
                BodyLimits.USUAL);
    }

    /** Names and values in turn. */
    private static Wish form(String... fields) {
        Map<String, Object> all = new LinkedHashMap<>();
        for (int i = 0; i < fields.length; i += 2) {
            FormNames.put(all, fields[i], fields[i + 1]);
        }
        return WishReader.read(new Body(all, Map.of()), BodyLimits.USUAL);
    }

    private static Problem refused(String body) {
        return catchThrowableOfType(Refusal.class, () -> json(body)).problem();
    }

    @Test
    void takesTheFieldsOfOpenAi() {
        Wish wish =
                json(
                        "{'prompt':'a cat','model':'demo','size':'160x80','seconds':'4'}"
                                .replace('\'', '"'));

        assertThat(wish.prompt()).contains("a cat");
        assertThat(wish.model()).contains("demo");
        assertThat(wish.settings()).isEqualTo(Map.of("width", 160, "height", 80));
        assertThat(wish.length()).hasValue(4);
    }

    @Test
    void takesTheNamesOfOtherServersAndItsOwn() {
        Wish wish =
                json(
                        """
                        {"prompt": "p", "num_frames": 9, "fps": 8, "num_inference_steps": 5,
                         "guidance_scale": 6, "guidance_scale_2": 3, "boundary_ratio": 0.9,
                         "negative_prompt": "n", "seed": 18446744073709551615, "attention": "dense",
                         "density": 0.5, "dense_steps": 2, "head_tolerance": 1.5,
                         "max_error": 0.1, "width": 16, "height": 32}\
                        """);

        assertThat(wish.settings())
                .containsEntry("frames", 9)
                .containsEntry("fps", 8.0)
                .containsEntry("steps", 5)
                .containsEntry("guidance", 6.0)
                .containsEntry("guidance2", 3.0)
                .containsEntry("boundary", 0.9)
                .containsEntry("negativePrompt", "n")
                .containsEntry("seed", new BigInteger("18446744073709551615"))
                .containsEntry("attention", "dense")
                .containsEntry("density", 0.5)
                .containsEntry("headTolerance", 1.5)
                .containsEntry("maxError", 0.1)
                .containsEntry("width", 16)
                .containsEntry("height", 32)
                .containsKey("denseSteps");
        assertThat(wish.name("frames")).isEqualTo("num_frames");
        assertThat(wish.name("sampledRows")).isEqualTo("sampled_rows");
    }

    @Test
    void readsTextsThatAreNumbersAsFormsSendThem() {
        Wish wish =
                form(
                        "prompt", "7",
                        "seed", "7",
                        "num_frames", "9",
                        "fps", "8",
                        "density", "0.5",
                        "dynamic_guidance", "true",
                        "priority", "-3",
                        "metadata[project]", "12");

        assertThat(wish.prompt()).contains("7");
        assertThat(wish.settings())
                .containsEntry("frames", 9)
                .containsEntry("fps", 8.0)
                .containsEntry("density", 0.5)
                .containsEntry("dynamicGuidance", true);
        assertThat(wish.settings().get("seed")).hasToString("7");
        assertThat(wish.extras().priority()).hasValue(-3);
        assertThat(wish.extras().metadata()).contains(Map.of("project", "12"));
    }

    @Test
    void takesWholeNumbersFromLanguagesWithOneKindOfNumber() {
        assertThat(json("{\"num_frames\": 9.0}").settings()).containsEntry("frames", 9);
    }

    @Test
    void theOutermostFieldHolds() {
        Wish wish =
                json(
                        """
                        {"prompt": "p", "fps": 8, "video_params": {"fps": 9, "num_frames": 5},
                         "extra_body": "{\\"num_frames\\": 6, \\"seed\\": 4}",
                         "extra_params": {"seed": 5, "num_inference_steps": 2}}\
                        """);

        assertThat(wish.settings())
                .containsEntry("fps", 8.0)
                .containsEntry("frames", 5)
                .containsEntry("steps", 2);
        assertThat(wish.settings().get("seed")).hasToString("4");
    }

    @Test
    void tellsWhichFieldsOfOtherServersAreIgnored() {
        Wish wish = json("{\"prompt\":\"p\",\"enable_teacache\":true,\"output_path\":\"/etc/x\"}");

        assertThat(wish.extras().ignored())
                .containsExactly("ignored: enable_teacache", "ignored: output_path");
        assertThat(wish.settings()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {"prompt":""}                           | prompt
                    {"prompt":" \\n "}                      | prompt
                    {"prompt":5}                            | prompt
                    {"size":"large"}                        | size
                    {"size":"0x16"}                         | size
                    {"size":"16x16","width":17,"height":16} | width
                    {"width":16}                            | height
                    {"seconds":"0"}                         | seconds
                    {"seconds":"-1"}                        | seconds
                    {"seconds":"NaN"}                       | seconds
                    {"seconds":"four"}                      | seconds
                    {"num_frames":0}                        | num_frames
                    {"num_frames":-3}                       | num_frames
                    {"num_frames":2.5}                      | num_frames
                    {"num_frames":[9]}                      | num_frames
                    {"fps":"Infinity"}                      | fps
                    {"fps":1e999}                           | fps
                    {"head_tolerance":"Infinity"}           | head_tolerance
                    {"guidance_scale":"NaN"}                | guidance_scale
                    {"seed":"abc"}                          | seed
                    {"attention":"magic"}                   | attention
                    {"density":2}                           | density
                    {"priority":11}                         | priority
                    {"priority":1.5}                        | priority
                    {"metadata":"x"}                        | metadata
                    {"metadata":{"a":1}}                    | metadata.a
                    {"nonsense":1}                          | nonsense
                    {"extra_body":{"nonsense":1}}           | extra_body.nonsense
                    {"extra_body":"{"}                      | extra_body
                    {"num_frames":5,"frames":9}             | frames
                    {"input_reference":"/etc/passwd"}       | input_reference
                    {"input_reference":"http://a/b.png"}    | input_reference
                    {"input_reference":{"file_id":"f"}}     | input_reference.file_id
                    {"input_reference":{}}                  | input_reference
                    {"reference_url":"data:,","image_reference":{"image_url":"data:,"}} | image_reference
                    """)
    void namesTheFieldThatIsWrong(String body, String field) {
        Problem problem = refused(body);

        assertThat(problem.status()).isEqualTo(400);
        assertThat(problem.type()).isEqualTo("invalid_request_error");
        assertThat(problem.code()).isEqualTo("invalid_value");
        assertThat(problem.param()).contains(field);
        assertThat(problem.message()).startsWith(field.split("\\.")[0]).doesNotContain("\n");
    }

    @Test
    void promptsHaveAnEnd() {
        String longest = "\uD83D\uDC31".repeat(4000);

        assertThat(json("{\"prompt\":\"" + longest + "\"}").prompt()).contains(longest);
        assertThat(refused("{\"prompt\":\"" + longest + "x\"}").param()).contains("prompt");
    }

    @Test
    void errorsDoNotCarryLongValues() {
        assertThat(refused("{\"fps\":\"" + "x".repeat(5000) + "\"}").message())
                .contains("a text of 5000 characters")
                .hasSizeLessThan(200);
    }

    @Test
    void metadataIsAtMostSixteenTexts() {
        StringBuilder many = new StringBuilder("{\"metadata\":{");
        for (int i = 0; i < 17; i++) {
            many.append(i == 0 ? "" : ",").append("\"k").append(i).append("\":\"v\"");
        }
        assertThat(refused(many + "}}").param()).contains("metadata");
    }

    @Test
    void readsPicturesByAllTheirNames() {
        for (String field :
                new String[] {
                    "\"input_reference\":\"data:x\"",
                    "\"input_reference\":{\"image_url\":\"data:x\"}",
                    "\"image_reference\":{\"image_url\":{\"url\":\"data:x\"}}",
                    "\"reference_url\":\"data:x\"",
                    "\"image\":\"data:x\""
                }) {
            PictureSource source = json("{" + field + "}").pictures().get("image");
            assertThat(Optional.ofNullable(source))
                    .get()
                    .isInstanceOfSatisfying(
                            PictureSource.Linked.class,
                            link -> assertThat(link.address()).isEqualTo("data:x"));
        }
        assertThat(form("input_reference[image_url]", "https://a/b.png").pictures())
                .containsKey("image");
    }
}
