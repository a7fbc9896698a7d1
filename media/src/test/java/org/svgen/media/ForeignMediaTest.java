package org.svgen.media;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.svgen.tensor.BadInputException;

/** Whatever is given for a picture, the refusal says what it is and what to do. */
class ForeignMediaTest {
    @TempDir Path folder;

    /**
     * In what follows a tilde, the character of code 0; $ followed by two digits, a byte in hex.
     */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    ~~~$1cftypavif~~~~avifmif1   | an AVIF picture: convert it to PNG or JPEG first
                    ~~~$20ftypmif1~~~~mif1avifmiaf | an AVIF picture: convert it to PNG or JPEG first
                    ~~~$18ftypheic~~~~mif1heic    | a HEIC picture: convert it to PNG or JPEG first
                    ~~~$18ftypmif1~~~~mif1heic    | a HEIC picture: convert it to PNG or JPEG first
                    ~~~$18ftypcrx ~~~~crx isom    | a camera's raw data: develop it to PNG or JPEG first
                    ~~~$18ftypisom~~~~isomavc1    | a video: take one of its frames
                    $1aE$df$a3webm                | a video: take one of its frames
                    RIFF1234AVI LIST              | a video: take one of its frames
                    RIFF1234WAVEfmt               | sound
                    8BPS~$01                      | a Photoshop document: convert it
                    %PDF-1.7                      | a PDF document: convert it
                    $ef$bb$bf<svg xmlns="a"/>     | an SVG drawing: convert it
                    <?xml version="1.0"?> <svg>   | an SVG drawing: convert it
                    <!DOCTYPE html><html>         | a web page, not the picture itself: download the picture
                    <?xml version="1.0"?> <html>  | a web page, not the picture itself: download the picture
                    version https://git-lfs.github.com/spec/v1 | a Git LFS pointer, not the picture itself: fetch it with "git lfs pull"
                    PK$03$04                      | an archive: unpack it first
                    ~~~$0cjP  $0d$0a              | a JPEG 2000 picture: convert it
                    II+~                          | a BigTIFF picture: convert it
                    II*~$10~~~CR$02~              | a camera's raw data: develop it to PNG or JPEG first
                    not a picture                 | text
                    ~~~~~~~~~~~~~~~~              | another kind of file
                    """)
    void itIsSaidWhatAFileIs(String head, String words) throws IOException {
        Path file = folder.resolve("photo.jpg");
        Files.write(file, bytes(head));
        assertThatThrownBy(() -> Images.read(file, Arena.ofAuto()))
                .isInstanceOf(BadInputException.class)
                .hasMessageStartingWith(
                        "cannot read image "
                                + file
                                + ": expected PNG, JPEG, GIF, BMP, TIFF or WebP, found "
                                + words)
                .extracting(e -> e.getMessage().lines().count())
                .isEqualTo(1L);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    version https://git-lfs.github.com/spec/v1 | a Git LFS pointer, not the video itself: fetch it with "git lfs pull" where it comes from
                    <!DOCTYPE html><html>         | a web page, not the video itself: download the video that it shows
                    <html><svg/></html>           | a web page, not the video itself: download the video that it shows
                    <?xml version="1.0"?><MPD/>   | none of them
                    """)
    void itIsSaidWhatLiesInPlaceOfAVideo(String head, String words) throws IOException {
        Path file = Files.writeString(folder.resolve("video.mp4"), head);
        assertThatThrownBy(() -> VideoReader.read(file))
                .isInstanceOf(BadInputException.class)
                .hasMessage(
                        "cannot read video %s: expected MP4, WebM, Matroska, AVI or GIF, found %s",
                        file, words);
    }

    @Test
    void anEmptyFileIsCalledSo() throws IOException {
        Path file = Files.createFile(folder.resolve("empty.png"));
        assertThatThrownBy(() -> Images.read(file, Arena.ofAuto()))
                .isInstanceOf(BadInputException.class)
                .hasMessageEndingWith("found an empty file");
    }

    private static byte[] bytes(String head) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < head.length(); i++) {
            char c = head.charAt(i);
            if (c == '$') {
                text.append((char) Integer.parseInt(head.substring(i + 1, i + 3), 16));
                i += 2;
            } else {
                text.append(c == '~' ? '\0' : c);
            }
        }
        return text.toString().getBytes(StandardCharsets.ISO_8859_1);
    }
}
