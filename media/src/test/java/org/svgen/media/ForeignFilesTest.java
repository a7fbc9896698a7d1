package org.svgen.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacv.FFmpegFrameRecorder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.pipeline.Clip;
import org.svgen.tensor.BadInputException;

/** FFmpeg opens the file that it is given, and nothing that the file or its name names. */
class ForeignFilesTest {
    @TempDir Path folder;

    private Path secret;

    @BeforeEach
    void aVideoThatNobodyAskedFor() {
        secret = folder.resolve("secret.mp4");
        try (Clip clip = TestClips.moving(3, 32, 48, 8)) {
            VideoWriter.to(secret.toString()).write(clip, Map.of());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ffconcat version 1.0\nfile secret.mp4\n",
                "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nsecret.mp4\n#EXT-X-ENDLIST\n",
                "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile:secret.mp4\n#EXT-X-ENDLIST\n",
                "<?xml version=\"1.0\"?><MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" type=\"static\">"
                        + "<Period><AdaptationSet><Representation><BaseURL>secret.mp4</BaseURL>"
                        + "</Representation></AdaptationSet></Period></MPD>",
                "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\nc=IN IP4 127.0.0.1\r\nm=video 9 RTP/AVP 96\r\n"
                        + "a=rtpmap:96 H264/90000\r\n",
                "[playlist]\nFile1=secret.mp4\n",
                ";FFMETADATA1\ntitle=secret.mp4\n",
                "concat:secret.mp4"
            })
    void aFileThatNamesOthersIsRefused(String text) throws IOException {
        for (String name : new String[] {"list.mp4", "list.gif", "list.m3u8", "list.ffconcat"}) {
            Path list = Files.writeString(folder.resolve(name), text);
            assertThatThrownBy(() -> VideoReader.read(list))
                    .isInstanceOf(BadInputException.class)
                    .hasMessage(
                            "cannot read video %s: expected MP4, WebM, Matroska, AVI or GIF, found none of them",
                            list);
            assertThatThrownBy(() -> VideoReader.metadata(list))
                    .isInstanceOf(BadInputException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http:video.mp4",
                "pipe:1.mp4",
                "pipe:0.gif",
                "concat:secret.mp4|secret.mp4",
                "file:secret.mp4",
                "-x.mp4",
                "frame%03d.mp4",
                "a%s%n.gif",
                "subfile,,start,0,end,9,,:secret.mp4",
                "data:video.mp4",
                "a b#?&.mp4"
            })
    void aNameIsANameAndNothingElse(String name) throws IOException {
        Path file = folder.resolve(name);
        try (Clip clip = TestClips.moving(2, 16, 24, 8)) {
            VideoWriter.to(file.toString()).write(clip, Map.of("title", name));
        }
        try (Clip back = VideoReader.read(file)) {
            assertThat(back.width()).isEqualTo(24);
        }
        Files.delete(file);
        assertThatThrownBy(() -> VideoReader.read(file))
                .isInstanceOf(BadInputException.class)
                .hasMessage("cannot read video %s: no such file", file);
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(secret);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.mov", "a.mkv", "a.avi", "a.webm"})
    void videosOfOtherToolsAreRead(String name) throws IOException {
        Path file = folder.resolve(name);
        ByteBuffer rgb = ByteBuffer.allocateDirect(32 * 48 * 3);
        try (FFmpegFrameRecorder recorder = new FFmpegFrameRecorder(file.toFile(), 48, 32)) {
            recorder.setVideoCodecName(name.endsWith(".webm") ? "libvpx" : "mpeg4");
            recorder.start();
            for (int i = 0; i < 3; i++) {
                recorder.recordImage(48, 32, 8, 3, 48 * 3, avutil.AV_PIX_FMT_RGB24, rgb);
            }
        }
        try (Clip clip = VideoReader.read(file)) {
            assertThat(clip.count()).isEqualTo(3);
        }
    }

    @Test
    void aRelativeNameThatLooksLikeAnAddressIsAFileToo() {
        for (String name : new String[] {"http://localhost:9/a.mp4", "pipe:0", "concat:a.mp4"}) {
            assertThatThrownBy(() -> VideoReader.read(Path.of(name)))
                    .isInstanceOf(BadInputException.class)
                    .hasMessageEndingWith("no such file");
        }
    }
}
