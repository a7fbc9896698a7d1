package org.svgen.media;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIndexEntry;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacv.FFmpegFrameGrabber;
import org.bytedeco.javacv.Frame;
import org.svgen.files.Impostor;
import org.svgen.pipeline.Clip;
import org.svgen.pipeline.Recipe;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.SvgenException;
import org.svgen.tensor.Tensor;

/** Reads videos back: MP4, WebM, Matroska, AVI and GIF, and folders of PNG frames. */
public final class VideoReader {
    /**
     * FFmpeg's names of the formats that are opened. All of them hold their pictures themselves;
     * playlists, lists of pieces and the like would make FFmpeg open what they name.
     */
    private static final String FORMATS = "mov,matroska,avi,gif";

    private VideoReader() {}

    /**
     * {@return all frames of a file or of a folder of {@code frame_*.png}; a folder has no frame
     * rate, so its clip says 1} The caller closes the clip.
     *
     * @param path the file or folder
     * @throws BadInputException if there is nothing there that can be decoded
     */
    public static Clip read(Path path) {
        Objects.requireNonNull(path, "path");
        if (Files.isDirectory(path)) {
            return folder(path);
        }
        return withGrabber(path, grabber -> decode(path, grabber));
    }

    /**
     * {@return what the file says about itself: {@code title}, {@code comment} (svgen's recipe) and
     * others}
     *
     * @param file the file
     * @throws BadInputException as {@link #read}
     */
    public static Map<String, String> metadata(Path file) {
        Objects.requireNonNull(file, "file");
        return withGrabber(file, grabber -> Map.copyOf(grabber.getMetadata()));
    }

    /**
     * {@return the recipe in a video that svgen wrote, or in the folder of its frames; none in
     * others}
     *
     * @param video the file or folder
     * @throws BadInputException as {@link #read}
     */
    public static Optional<Recipe> recipe(Path video) {
        Objects.requireNonNull(video, "video");
        if (!Files.isDirectory(video)) {
            return Optional.ofNullable(metadata(video).get("comment")).flatMap(Recipe::parse);
        }
        Path file = video.resolve(PngFolderWriter.RECIPE);
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try {
            return Recipe.parse(Files.readString(file));
        } catch (IOException e) {
            throw new SvgenException("cannot read " + file, e);
        }
    }

    private interface Use<T> {
        T apply(FFmpegFrameGrabber grabber) throws IOException;
    }

    private static <T> T withGrabber(Path file, Use<T> use) {
        if (!Files.isRegularFile(file)) {
            throw new BadInputException("cannot read video %s: no such file".formatted(file));
        }
        Ffmpeg.load();
        // With its protocol in front, nothing in a name has a meaning, as in http: or concat:.
        String name = "file:" + file.toAbsolutePath();
        try (FFmpegFrameGrabber grabber = new FFmpegFrameGrabber(name)) {
            grabber.setOption("protocol_whitelist", "file");
            grabber.setOption("format_whitelist", FORMATS);
            grabber.setPixelFormat(avutil.AV_PIX_FMT_RGB24);
            grabber.setImageScalingFlags(Ffmpeg.SCALING);
            grabber.start();
            if (grabber.getImageWidth() <= 0) {
                throw new BadInputException(
                        "cannot read video %s: it has no pictures".formatted(file));
            }
            return use.apply(grabber);
        } catch (IOException e) {
            throw new BadInputException(
                    "cannot read video %s: expected MP4, WebM, Matroska, AVI or GIF, found %s"
                            .formatted(file, impostor(file).orElse("none of them")),
                    e);
        }
    }

    private static Optional<String> impostor(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return ForeignMedia.impostor(in.readNBytes(Impostor.HEAD_BYTES), "video");
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /**
     * Looks at a file that was just written, by decoding it.
     *
     * @throws IOException if it is anything but that many frames of that size
     */
    static void requireVideo(Path file, int count, int width, int height) throws IOException {
        String found;
        try {
            found =
                    withGrabber(
                            file,
                            grabber -> {
                                requireWhole(file, grabber);
                                int frames = 0;
                                while (grabber.grabFrame(false, true, false, false) != null) {
                                    frames++;
                                }
                                return size(
                                        frames, grabber.getImageWidth(), grabber.getImageHeight());
                            });
        } catch (BadInputException e) {
            throw new IOException("it does not read back: " + e.getMessage(), e);
        }
        String expected = size(count, width, height);
        if (!found.equals(expected)) {
            throw new IOException(
                    "it does not read back: expected %s, found %s".formatted(expected, found));
        }
    }

    private static String size(int frames, int width, int height) {
        return "%d frames of %dx%d".formatted(frames, width, height);
    }

    private static Clip decode(Path file, FFmpegFrameGrabber grabber) throws IOException {
        int width = grabber.getImageWidth();
        int height = grabber.getImageHeight();
        List<byte[]> frames = new ArrayList<>();
        for (Frame frame = grabber.grabImage(); frame != null; frame = grabber.grabImage()) {
            if (frame.imageWidth != width || frame.imageHeight != height) {
                throw new BadInputException(
                        "cannot read video %s: expected frames of %dx%d, found %dx%d"
                                .formatted(
                                        file, width, height, frame.imageWidth, frame.imageHeight));
            }
            ByteBuffer pixels = (ByteBuffer) frame.image[0];
            byte[] rgb = new byte[width * height * 3];
            for (int y = 0; y < height; y++) {
                pixels.get(y * frame.imageStride, rgb, y * width * 3, width * 3);
            }
            frames.add(rgb);
        }
        requireWhole(file, grabber);
        if (frames.isEmpty()) {
            throw new BadInputException("cannot read video %s: it has no frames".formatted(file));
        }
        Clip clip = new Clip(frames.size(), height, width, grabber.getVideoFrameRate());
        for (int i = 0; i < frames.size(); i++) {
            Rgb.fill(clip.frames().get(i), frames.get(i));
        }
        return clip;
    }

    /** The index in front of an MP4 says where its frames lie. */
    private static void requireWhole(Path file, FFmpegFrameGrabber grabber) throws IOException {
        long size = Files.size(file);
        AVFormatContext format = grabber.getFormatContext();
        for (int i = 0; i < format.nb_streams(); i++) {
            AVStream stream = format.streams(i);
            int last = avformat.avformat_index_get_entries_count(stream) - 1;
            AVIndexEntry entry = last < 0 ? null : avformat.avformat_index_get_entry(stream, last);
            if (entry != null && entry.pos() + entry.size() > size) {
                throw new BadInputException(
                        "cannot read video %s: it is cut short: expected at least %d bytes, found %d"
                                .formatted(file, entry.pos() + entry.size(), size));
            }
        }
    }

    private static Clip folder(Path folder) {
        List<Path> files;
        try (Stream<Path> entries = Files.list(folder)) {
            files =
                    entries.filter(f ->
                                    PngFolderWriter.FRAME
                                            .matcher(String.valueOf(f.getFileName()))
                                            .matches())
                            .sorted()
                            .toList();
        } catch (IOException e) {
            throw new SvgenException("cannot list " + folder, e);
        }
        if (files.isEmpty()) {
            throw new BadInputException(
                    "cannot read video %s: expected frame_0000.png and so on in the folder, found none"
                            .formatted(folder));
        }
        Clip clip = null;
        for (int i = 0; i < files.size(); i++) {
            try (Arena arena = Arena.ofConfined()) {
                Tensor image = Images.read(files.get(i), arena);
                clip =
                        clip == null
                                ? new Clip(files.size(), image.size(0), image.size(1), 1)
                                : clip;
                Tensor frame = clip.frames().get(i);
                if (!frame.shape().equals(image.shape())) {
                    clip.close();
                    throw new BadInputException(
                            "cannot read video %s: expected frames of %s, found %s in %s"
                                    .formatted(
                                            folder,
                                            frame.shape(),
                                            image.shape(),
                                            files.get(i).getFileName()));
                }
                MemorySegment.copy(image.host(), 0, frame.host(), 0, image.bytes());
            }
        }
        return Objects.requireNonNull(clip);
    }
}
