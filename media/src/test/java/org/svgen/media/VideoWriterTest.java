package org.svgen.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacv.FFmpegFrameGrabber;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.pipeline.CancelledException;
import org.svgen.pipeline.Clip;
import org.svgen.pipeline.Stage;
import org.svgen.pipeline.StepListener;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.SvgenException;

class VideoWriterTest {
    private static final Map<String, String> METADATA =
            Map.of("title", "a réd circle", "comment", "{\"prompt\": \"a réd \\\"circle\\\"\"}");

    @TempDir Path folder;

    @ParameterizedTest
    @CsvSource({"clip.mp4, 80, 80", "clip.mp4, 100, 58", "clip.MP4, 320, 192"})
    void mp4KeepsSizeFrameCountRateAndMetadataAndIsCloseToTheInput(String name, int w, int h)
            throws IOException {
        try (Clip clip = TestClips.moving(33, h, w, 16)) {
            Path file = write(name, clip);
            try (Clip back = VideoReader.read(file)) {
                assertThat(back.count()).isEqualTo(33);
                assertThat(back.width()).isEqualTo(w);
                assertThat(back.height()).isEqualTo(h);
                assertThat(back.fps()).isEqualTo(16);
                assertThat(TestClips.psnr(clip.frames(), back.frames())).isGreaterThanOrEqualTo(37);
            }
            assertThat(VideoReader.metadata(file)).containsAllEntriesOf(METADATA);
        }
    }

    @Test
    void mp4IsH264InYuv420WithTheIndexInFront() throws IOException {
        try (Clip clip = TestClips.moving(5, 32, 48, 23.976)) {
            Path file = write("clip.mp4", clip);
            try (FFmpegFrameGrabber grabber = new FFmpegFrameGrabber(file.toFile())) {
                grabber.start();
                assertThat(grabber.getVideoCodecName()).startsWith("h264");
                assertThat(grabber.getFormatContext().streams(0).codecpar().format())
                        .isEqualTo(avutil.AV_PIX_FMT_YUV420P);
                assertThat(grabber.getVideoFrameRate()).isBetween(23.97, 23.98);
            }
            String bytes = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
            assertThat(bytes.indexOf("moov")).isPositive().isLessThan(bytes.indexOf("mdat"));
        }
    }

    @ParameterizedTest
    @CsvSource({"64, 48", "320, 192"})
    void mp4TakesMereNoiseAndSaysThatItIsCoarser(int width, int height) {
        Random random = new Random(5);
        List<String> notes = new ArrayList<>();
        StepListener listening =
                new StepListener() {
                    @Override
                    public void note(String line) {
                        notes.add(line);
                    }
                };
        try (Clip clip = new Clip(3, height, width, 8)) {
            for (long i = 0; i < clip.frames().elements(); i++) {
                clip.frames().host().set(ValueLayout.JAVA_FLOAT, 4 * i, random.nextFloat());
            }
            VideoWriter writer = VideoWriter.to(folder.resolve("noise.mp4").toString());
            writer.write(clip, METADATA, listening);
            try (Clip back = VideoReader.read(writer.out())) {
                assertThat(back.count()).isEqualTo(3);
            }
        }
        assertThat(notes).first(InstanceOfAssertFactories.STRING).contains("too noisy");
    }

    @Test
    void gifKeepsFramesAndMeanRateLoopsAndHoldsTheRecipe() throws IOException {
        try (Clip clip = TestClips.moving(33, 61, 81, 16)) {
            Path file = write("clip.gif", clip);
            try (Clip back = VideoReader.read(file)) {
                assertThat(back.count()).isEqualTo(33);
                assertThat(TestClips.psnr(clip.frames(), back.frames())).isGreaterThanOrEqualTo(33);
            }
            String bytes = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
            assertThat(bytes).contains("NETSCAPE2.0").contains("{\"prompt\": \"a réd");
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {8, 12, 16, 24, 30})
    void gifDelaysAddUpToTheClipsLength(double fps) {
        int sum = 0;
        for (int i = 0; i < 48; i++) {
            sum += GifWriter.delay(i, fps);
        }
        assertThat(sum).isEqualTo((int) Math.round(4800 / fps));
    }

    @Test
    void pngFolderIsLosslessToEightBitsAndIsReplacedAsAWhole() throws IOException {
        Path file;
        try (Clip longer = TestClips.moving(7, 20, 30, 8)) {
            write("frames", longer);
        }
        try (Clip clip = TestClips.moving(3, 21, 31, 8)) {
            file = write("frames", clip);
            try (Clip back = VideoReader.read(file)) {
                assertThat(back.count()).isEqualTo(3);
                assertThat(TestClips.psnr(clip.frames(), back.frames())).isGreaterThan(55);
            }
        }
        assertThat(file.resolve("recipe.json")).content().startsWith("{\"prompt\"");
        try (Stream<Path> entries = Files.list(file)) {
            assertThat(entries).hasSize(4);
        }
    }

    @Test
    void pngFramesComeBackInOrderWithTheirBytes() {
        Random random = new Random(3);
        try (Clip clip = new Clip(41, 23, 37, 8)) {
            for (long i = 0; i < clip.frames().elements(); i++) {
                clip.frames().host().setAtIndex(ValueLayout.JAVA_FLOAT, i, random.nextFloat());
            }
            List<Integer> heard = new ArrayList<>();
            StepListener listening =
                    new StepListener() {
                        @Override
                        public void progress(Stage stage, int done, int total) {
                            heard.add(done);
                        }
                    };
            VideoWriter writer = VideoWriter.to(folder.resolve("frames").toString());
            writer.write(clip, METADATA, listening);
            try (Clip back = VideoReader.read(writer.out())) {
                assertThat(back.count()).isEqualTo(clip.count());
                for (int i = 0; i < clip.count(); i++) {
                    assertThat(back.rgb(i)).as("frame " + i).isEqualTo(clip.rgb(i));
                }
            }
            assertThat(heard).isSorted().endsWith(clip.count()).hasSize(clip.count() + 1);
        }
    }

    @Test
    void aPngFrameThatFailsLeavesTheOldFramesAndNothingElse() throws IOException {
        Path file;
        try (Clip clip = TestClips.moving(2, 32, 32, 8)) {
            file = write("frames", clip);
        }
        StepListener sabotaging =
                new StepListener() {
                    @Override
                    public void progress(Stage stage, int done, int total) {
                        if (done == 0) {
                            putInPlaceOf("frame_0005.png");
                        }
                    }
                };
        try (Clip clip = TestClips.moving(30, 32, 32, 8)) {
            VideoWriter writer = VideoWriter.to(file.toString());
            assertThatThrownBy(() -> writer.write(clip, METADATA, sabotaging))
                    .isInstanceOf(SvgenException.class)
                    .hasMessageStartingWith("cannot write ");
        }
        try (Stream<Path> entries = Files.list(folder);
                Stream<Path> frames = Files.list(file)) {
            assertThat(entries).containsExactly(file);
            assertThat(frames).hasSize(3);
        }
    }

    /** A folder where a frame is to be written, in the temporary folder. */
    private void putInPlaceOf(String frame) {
        try (Stream<Path> entries = Files.list(folder)) {
            Path temporary =
                    entries.filter(e -> e.toString().endsWith(".part")).findFirst().orElseThrow();
            Files.createDirectories(temporary.resolve("new").resolve(frame).resolve("full"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aFolderThatHoldsOtherThingsIsNotReplaced() throws IOException {
        Files.createDirectory(folder.resolve("home"));
        Files.writeString(folder.resolve("home/thesis.txt"), "years of work");
        VideoWriter writer = VideoWriter.to(folder.resolve("home").toString());
        assertThatThrownBy(() -> writer.check(80, 80))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("thesis.txt");
    }

    @ParameterizedTest
    @ValueSource(strings = {"clip.avi", "clip.mp4.bak", "out.webm"})
    void anUnknownExtensionIsRefusedNamingTheKnownOnes(String name) {
        assertThatThrownBy(() -> VideoWriter.to(name))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining(name)
                .hasMessageContaining(".mp4, .gif or a folder");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", ".", "..", "-", ".mp4", "a/.gif", "a/.."})
    void whatIsNoNameIsRefused(String name) {
        assertThatThrownBy(() -> VideoWriter.to(name))
                .isInstanceOf(BadInputException.class)
                .hasMessage(
                        "cannot write %s: expected the name of a file, or of a folder for PNG frames",
                        name);
    }

    @Test
    void aFolderInThePlaceOfAFileIsRefused() throws IOException {
        Path out = Files.createDirectory(folder.resolve("d.mp4"));
        assertThatThrownBy(() -> VideoWriter.to(out.toString()).check(64, 64))
                .isInstanceOf(BadInputException.class)
                .hasMessage("cannot write %s: expected a file name, found a folder", out);
    }

    @Test
    void aSlashAtTheEndMeansAFolderWhateverTheName() {
        assertThat(VideoWriter.to("clip.v2/")).isInstanceOf(PngFolderWriter.class);
    }

    @Test
    void mp4RefusesOddSizesBeforeTheWork() {
        VideoWriter writer = VideoWriter.to(folder.resolve("a.mp4").toString());
        assertThatThrownBy(() -> writer.check(81, 80))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("even width and height")
                .hasMessageContaining("81x80");
    }

    @ParameterizedTest
    @ValueSource(strings = {"no/such/clip.mp4", "no/such/clip.gif", "no/such/frames"})
    void aMissingFolderIsFoundBeforeTheWork(String name) {
        VideoWriter writer = VideoWriter.to(folder.resolve(name).toString());
        assertThatThrownBy(() -> writer.check(80, 80))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("there is no folder");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.mp4", "a.gif", "a"})
    void stoppingHalfWayLeavesTheOldOutputAndNothingElse(String name) throws IOException {
        Path file;
        try (Clip clip = TestClips.moving(2, 32, 32, 8)) {
            file = write(name, clip);
        }
        long before = Files.getLastModifiedTime(file).toMillis();
        StepListener stopping =
                new StepListener() {
                    private int asked;

                    @Override
                    public boolean cancelled() {
                        return ++asked > 3;
                    }
                };
        try (Clip clip = TestClips.moving(9, 32, 32, 8)) {
            VideoWriter writer = VideoWriter.to(folder.resolve(name).toString());
            assertThatThrownBy(() -> writer.write(clip, METADATA, stopping))
                    .isInstanceOf(CancelledException.class);
        }
        try (Stream<Path> entries = Files.list(folder)) {
            assertThat(entries).containsExactly(file);
        }
        assertThat(Files.getLastModifiedTime(file).toMillis()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"junk.mp4", "junk.gif"})
    void aFileThatIsNoVideoIsABadInput(String name) throws IOException {
        Path file = folder.resolve(name);
        ByteBuffer junk = ByteBuffer.allocate(5000);
        new Random(1).nextBytes(junk.array());
        Files.write(file, junk.array());
        assertThatThrownBy(() -> VideoReader.read(file))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining(name);
    }

    private Path write(String name, Clip clip) {
        VideoWriter writer = VideoWriter.to(folder.resolve(name).toString());
        writer.write(clip, METADATA);
        return writer.out();
    }
}
