package org.svgen.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.server.http.ServedVideos.Answer;
import org.svgen.server.job.JobId;
import org.svgen.server.work.Preview;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ContentTest {
    private ServedVideos served;
    private JobId id;

    @BeforeAll
    void start(@TempDir Path folder) throws IOException {
        served = ServedVideos.start(folder);
        id = served.created();
        served.completed(served.claimed(), "0123456789");
    }

    @AfterAll
    void stop() {
        served.close();
    }

    private Answer content(String... headers) throws IOException {
        return served.get("/v1/videos/" + id + "/content", headers);
    }

    @Test
    void theWholeVideoComesWithItsLengthAndTag() throws IOException {
        Answer answer = content("Accept", "application/binary");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text()).isEqualTo("0123456789");
        assertThat(answer.header("content-type")).isEqualTo("video/mp4");
        assertThat(answer.header("content-length")).isEqualTo("10");
        assertThat(answer.header("accept-ranges")).isEqualTo("bytes");
        assertThat(answer.header("etag")).startsWith("\"").endsWith("\"");
        assertThat(answer.header("content-disposition")).contains(id + ".mp4");
    }

    @Test
    void picturesComeByTheirVariant() throws IOException {
        assertThat(
                        served.get("/v1/videos/" + id + "/content?variant=thumbnail&video_id=x")
                                .header("content-type"))
                .isEqualTo("image/png");
        assertThat(served.get("/v1/videos/" + id + "/content?variant=spritesheet").status())
                .isEqualTo(200);
        assertThat(served.get("/v1/videos/" + id + "/report").text()).isEqualTo("{}");
    }

    @ParameterizedTest
    @CsvSource({
        "bytes=2-4, 234, bytes 2-4/10",
        "bytes=7-, 789, bytes 7-9/10",
        "bytes=-3, 789, bytes 7-9/10",
        "bytes=-30, 0123456789, bytes 0-9/10",
        "bytes=8-99999, 89, bytes 8-9/10"
    })
    void aPartComesAlone(String range, String part, String said) throws IOException {
        Answer answer = content("Range", range);

        assertThat(answer.status()).isEqualTo(206);
        assertThat(answer.text()).isEqualTo(part);
        assertThat(answer.header("content-range")).isEqualTo(said);
        assertThat(answer.header("content-length")).isEqualTo(String.valueOf(part.length()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=10-", "bytes=99-100", "bytes=-0"})
    void aPartThatIsNotThereIsRefused(String range) throws IOException {
        Answer answer = content("Range", range);

        assertThat(answer.status()).isEqualTo(416);
        assertThat(answer.header("content-range")).isEqualTo("bytes */10");
        assertThat(answer.code()).isEqualTo("range_not_satisfiable");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=4-2", "bytes=1-2,4-5", "lines=1-2", "bytes=x-", "bytes=-"})
    void aRangeThatIsNotUnderstoodGivesTheWhole(String range) throws IOException {
        assertThat(content("Range", range).status()).isEqualTo(200);
    }

    @Test
    void whatTheClientHasIsNotSentAgain() throws IOException {
        String tag = content().header("etag");

        assertThat(content("If-None-Match", tag).status()).isEqualTo(304);
        assertThat(content("If-None-Match", "W/" + tag + ", \"x\"").status()).isEqualTo(304);
        assertThat(content("If-None-Match", "\"x\"").status()).isEqualTo(200);
        assertThat(content("Range", "bytes=0-1", "If-Range", tag).status()).isEqualTo(206);
        assertThat(content("Range", "bytes=0-1", "If-Range", "\"x\"").status()).isEqualTo(200);
    }

    @Test
    void headTellsTheLengthAlone() throws IOException {
        Answer answer =
                served.send(
                        served.to("/v1/videos/" + id + "/content")
                                .method("HEAD", HttpRequest.BodyPublishers.noBody()));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("content-length")).isEqualTo("10");
        assertThat(answer.text()).isEmpty();
        assertThat(served.get("/health").status()).as("the connection goes on").isEqualTo(200);
    }

    @Test
    void aPreviewsTagIsItsStep() throws IOException {
        JobId running = served.created();
        served.runs.previewed(running, new Preview(3, "image/png", new byte[] {1, 2}));

        Answer answer = served.get("/v1/videos/" + running + "/preview");

        assertThat(answer.header("content-type")).isEqualTo("image/png");
        assertThat(answer.header("etag")).isEqualTo("\"3\"");
        assertThat(answer.response().body()).containsExactly(1, 2);
        assertThat(
                        served.get("/v1/videos/" + running + "/preview", "If-None-Match", "\"3\"")
                                .status())
                .isEqualTo(304);
    }

    @Test
    void aTicketOpensContentOfItsVideoAlone() throws IOException {
        String ticket =
                served.post("/v1/videos/" + id + "/ticket", "").json().path("ticket").asString();

        assertThat(served.get("/v1/videos/" + id + "/content?ticket=" + ticket).status())
                .isEqualTo(200);
    }
}
