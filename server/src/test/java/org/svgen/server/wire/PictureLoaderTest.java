package org.svgen.server.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.tensor.BadInputException;

class PictureLoaderTest {
    @TempDir Path folder;
    private Spool spool;
    private final PictureLoader loader = new PictureLoader(1000, PictureLoaderTest::nothing);

    @BeforeEach
    void open() {
        spool = new Spool(folder);
    }

    @AfterEach
    void close() {
        spool.close();
    }

    private static byte[] nothing(URI address) {
        throw new BadInputException("addresses are not fetched");
    }

    private static byte[] picture(String format, int width, int height) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageIO.write(new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB), format, out);
        return out.toByteArray();
    }

    /** The head of a WebP, which is all that is read. */
    private static byte[] webp(String chunk, byte... data) {
        ByteBuffer file =
                ByteBuffer.allocate(20 + Math.max(data.length, 10)).order(ByteOrder.LITTLE_ENDIAN);
        file.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(file.capacity() - 8);
        file.put(("WEBP" + chunk).getBytes(StandardCharsets.US_ASCII));
        return file.putInt(Math.max(data.length, 10)).put(data).array();
    }

    private Upload load(byte[] bytes) throws IOException {
        return loader.load(
                new PictureSource.Sent("image", spool.keep(new ByteArrayInputStream(bytes))),
                spool);
    }

    private Problem refused(byte[] bytes) {
        return catchThrowableOfType(Refusal.class, () -> load(bytes)).problem();
    }

    private Upload link(String address) throws IOException {
        return loader.load(new PictureSource.Linked("input_reference", address), spool);
    }

    private Problem refusedLink(String address) {
        return catchThrowableOfType(Refusal.class, () -> link(address)).problem();
    }

    @Test
    void takesPicturesByTheirContent() throws IOException {
        assertThat(load(picture("png", 20, 10)).file()).exists();
        assertThat(load(picture("jpg", 20, 10)).file()).exists();
        assertThat(
                        load(webp(
                                        "VP8X", (byte) 0, (byte) 0, (byte) 0, (byte) 0, (byte) 9,
                                        (byte) 0, (byte) 0, (byte) 9, (byte) 0, (byte) 0))
                                .file())
                .exists();
    }

    @Test
    void refusesOtherFormatsWhateverTheyAreCalled() throws IOException {
        assertThat(refused(picture("gif", 20, 10)).param()).contains("image");
        assertThat(refused("<svg/>".getBytes(StandardCharsets.US_ASCII)).status()).isEqualTo(400);
        assertThat(refused(new byte[0]).status()).isEqualTo(400);
        assertThat(refused(Arrays.copyOf(picture("png", 20, 10), 12)).status()).isEqualTo(400);
        assertThat(refused(Arrays.copyOf(picture("jpg", 20, 10), 30)).status()).isEqualTo(400);
    }

    @Test
    void refusesPicturesThatAreHugeOnceDecoded() throws IOException {
        byte[] png = picture("png", 20, 10);
        ByteBuffer.wrap(png).putInt(16, 60_000).putInt(20, 60_000);
        assertThat(refused(png).message()).contains("found 60000 x 60000");
        ByteBuffer.wrap(png).putInt(16, 0);
        assertThat(refused(png).status()).isEqualTo(400);
        assertThat(refused(picture("jpg", 200, 100)).message()).contains("found 200 x 100");
        assertThat(
                        refused(
                                        webp(
                                                "VP8L",
                                                (byte) 0x2f,
                                                (byte) 0xff,
                                                (byte) 0xff,
                                                (byte) 0xff,
                                                (byte) 0x0f))
                                .message())
                .contains("16384 x 16384");
        assertThat(
                        refused(
                                        webp(
                                                "VP8 ",
                                                (byte) 0,
                                                (byte) 0,
                                                (byte) 0,
                                                (byte) 0x9d,
                                                (byte) 1,
                                                (byte) 0x2a,
                                                (byte) 0xff,
                                                (byte) 0x3f,
                                                (byte) 0xff,
                                                (byte) 0x3f))
                                .message())
                .contains("16383 x 16383");
    }

    @Test
    void readsDataThatIsInTheAddress() throws IOException {
        byte[] png = picture("png", 20, 10);

        Upload upload = link("data:image/png;base64," + Base64.getEncoder().encodeToString(png));

        assertThat(upload.file()).hasBinaryContent(png);
        assertThat(refusedLink("data:image/png,abc").param()).contains("input_reference");
        assertThat(refusedLink("data:image/png;base64,***").status()).isEqualTo(400);
    }

    @Test
    void asksElsewhereOnlyAsFarAsItMay() {
        assertThat(refusedLink("https://example.com/a.png").message())
                .isEqualTo("input_reference: addresses are not fetched");
        assertThat(refusedLink("https://exa mple.com/a.png").message()).contains("no address");
    }
}
