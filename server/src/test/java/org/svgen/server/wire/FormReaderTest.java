package org.svgen.server.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FormReaderTest {
    private static final String TYPE = "multipart/form-data; boundary=XYZ";
    private static final BodyLimits SMALL = new BodyLimits(2000, 5000, 5, 100, 100);

    @TempDir Path folder;

    private static String field(String name, String value) {
        return "--XYZ\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n"
                .formatted(name, value);
    }

    private static String file(String name, String fileName, String bytes) {
        return ("--XYZ\r\nContent-Disposition: form-data; name=\"%s\"; filename=\"%s\"\r\n"
                        + "Content-Type: image/png\r\n\r\n%s\r\n")
                .formatted(name, fileName, bytes);
    }

    private Body read(String type, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        try (Spool spool = new Spool(folder)) {
            return new BodyReader(SMALL)
                    .read(type, bytes.length, new ByteArrayInputStream(bytes), spool);
        }
    }

    private Problem refused(String type, String body) {
        return catchThrowableOfType(Refusal.class, () -> read(type, body)).problem();
    }

    @Test
    void readsTextsObjectsAndLists() throws IOException {
        Body body =
                read(
                        TYPE,
                        field("prompt", "a cät")
                                + field("metadata[a]", "1")
                                + field("metadata[b]", "2")
                                + field("list[]", "x")
                                + field("list[]", "y")
                                + "--XYZ--\r\n");

        assertThat(body.fields())
                .isEqualTo(
                        Map.of(
                                "prompt", "a cät",
                                "metadata", Map.of("a", "1", "b", "2"),
                                "list", List.of("x", "y")));
    }

    @Test
    void keepsFilesUntilTheRequestEnds() throws IOException {
        byte[] bytes =
                (file("input_reference", "../../x.png", "BYTES") + "--XYZ--\r\n")
                        .getBytes(StandardCharsets.UTF_8);
        try (Spool spool = new Spool(folder)) {
            Body body =
                    new BodyReader(SMALL).read(TYPE, -1, new ByteArrayInputStream(bytes), spool);

            Upload upload = body.files().get("input_reference");
            assertThat(upload).isNotNull();
            assertThat(upload.file()).hasParentRaw(folder).hasContent("BYTES");
            assertThat(upload.sha256()).hasSize(64);
        }
        try (var left = Files.list(folder)) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void refusesWhatIsNoForm() {
        assertThat(refused("multipart/form-data", field("prompt", "x")).code())
                .isEqualTo("invalid_body");
        assertThat(refused(TYPE, "no form at all").code()).isEqualTo("invalid_body");
        assertThat(refused(TYPE, field("prompt", "cut short")).code()).isEqualTo("invalid_body");
        assertThat(refused("text/plain", "x").status()).isEqualTo(415);
        assertThat(refused("", "x").status()).isEqualTo(415);
        assertThat(refused("application/x-www-form-urlencoded", "prompt=x").status())
                .isEqualTo(415);
    }

    @Test
    void refusesTooMuch() {
        assertThat(refused(TYPE, field("a", "x").repeat(1) + many(6) + "--XYZ--\r\n").code())
                .isEqualTo("invalid_body");
        assertThat(refused(TYPE, field("a", "x".repeat(2100)) + "--XYZ--\r\n").status())
                .isEqualTo(413);
        assertThat(refused(TYPE, file("image", "a", "x".repeat(5100)) + "--XYZ--\r\n").status())
                .isEqualTo(413);
        assertThat(refused("application/json", " ".repeat(2001)).status()).isEqualTo(413);
    }

    private static String many(int fields) {
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < fields; i++) {
            all.append(field("f" + i, "x"));
        }
        return all.toString();
    }

    @Test
    void refusesATooLargeBodyWhoseLengthIsNotSaid() {
        byte[] bytes =
                (file("image", "a", "x".repeat(9000)) + "--XYZ--\r\n")
                        .getBytes(StandardCharsets.UTF_8);
        try (Spool spool = new Spool(folder)) {
            Refusal refusal =
                    catchThrowableOfType(
                            Refusal.class,
                            () ->
                                    new BodyReader(SMALL)
                                            .read(
                                                    TYPE,
                                                    -1,
                                                    new ByteArrayInputStream(bytes),
                                                    spool));
            assertThat(refusal.problem().status()).isEqualTo(413);
        }
    }

    @Test
    void refusesFieldsThatAreThereTwice() {
        assertThat(refused(TYPE, field("a", "1") + field("a", "2") + "--XYZ--\r\n").param())
                .contains("a");
        assertThat(refused(TYPE, field("a", "1") + field("a[b]", "2") + "--XYZ--\r\n").param())
                .contains("a[b]");
    }
}
