package org.svgen.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class SizesTest {
    @TempDir Path folder;

    @Test
    void aSizeThatIsNotMadeBecomesTheNearestWhereAnOperatorWantsThat() throws IOException {
        try (ServedVideos served = new ServedVideos.Setup().fitSize().start(folder)) {
            JsonNode video =
                    served.post("/v1/videos", "{\"prompt\":\"x\",\"size\":\"1280x84\"}").json();

            assertThat(video.path("size").asString()).isEqualTo("200x80");
            assertThat(video.path("warnings").path(0).asString())
                    .isEqualTo("size: 200x80, the nearest that demo makes to 1280x84");
        }
    }
}
