package org.svgen.media;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import javax.imageio.ImageIO;
import org.svgen.files.Staged;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.SvgenException;
import org.svgen.tensor.Tensor;

/** Reads pictures: PNG, JPEG, GIF, BMP, TIFF and WebP, as Pillow reads them; writes PNG. */
public final class Images {
    /** More is taken for a decompression bomb, or at least for a mistake. */
    static final long MAX_PIXELS = 1L << 28;

    /** As the formats of photos have it; longer ones would be large at any width once resized. */
    static final int MAX_SIDE = 1 << 16;

    private Images() {}

    /**
     * {@return the picture as a host F32 tensor [height, width, 3] of {@code arena}, red green
     * blue, 0..1} Values are those of Pillow's {@code ImageOps.exif_transpose(image)
     * .convert("RGB")}, which diffusers takes: turned as Exif or XMP says, profiles and
     * transparency left out, of an animation the first frame. 16 bits are kept. The format is told
     * by the content.
     *
     * <p>It takes 12 bytes of native memory a pixel, and 1 to 8 of the heap while it is decoded.
     *
     * @param file PNG, JPEG, WebP, TIFF, GIF or BMP
     * @param arena owns its memory
     * @throws SvgenException if WebP cannot be read on this machine, for want of FFmpeg
     * @throws BadInputException if there is no such file, it cannot be decoded, or it has more than
     *     2^28 pixels or 2^16 a side
     */
    public static Tensor read(Path file, Arena arena) {
        Objects.requireNonNull(file, "file");
        Objects.requireNonNull(arena, "arena");
        requireFile(file);
        try (FileChannel channel = FileChannel.open(file);
                Arena opened = Arena.ofConfined()) {
            MemorySegment bytes =
                    channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), opened);
            PictureFormat format =
                    PictureFormat.of(bytes)
                            .orElseThrow(() -> foreign(file, ForeignMedia.describe(bytes)));
            return decode(new PictureDecoder(file, bytes), format, arena);
        } catch (AccessDeniedException e) {
            throw new BadInputException(
                    "cannot read image %s: permission denied".formatted(file), e);
        } catch (IOException e) {
            throw new BadInputException("cannot read image %s: %s".formatted(file, oneLine(e)), e);
        }
    }

    /**
     * Writes a PNG, which appears whole or not at all.
     *
     * @param out the file
     * @param picture what it shows
     * @throws SvgenException if it cannot be written
     */
    public static void write(Path out, BufferedImage picture) {
        Objects.requireNonNull(out, "out");
        Objects.requireNonNull(picture, "picture");
        Staged.write(
                out,
                temporary -> {
                    ImageIO.write(picture, "png", temporary.toFile());
                    ReadBack.png(temporary, picture.getWidth(), picture.getHeight());
                });
    }

    private static Tensor decode(PictureDecoder decoder, PictureFormat format, Arena arena) {
        try {
            PictureDecoder.Decoded decoded = decoder.decode(format);
            return decoded.metadata().orientation().turn(decoded.pixels(), arena);
        } catch (SvgenException e) {
            throw e; // not of the file's making, or told already
        } catch (UnreadablePictureException e) {
            throw new BadInputException(
                    "cannot read image %s, %s: %s"
                            .formatted(decoder.file(), format.words(), oneLine(e)),
                    e);
        } catch (IOException | RuntimeException e) {
            // The decoders answer broken files with many kinds of exceptions.
            throw new BadInputException(
                    "cannot read image %s, %s: it is corrupt, cut short or of a rare kind%s"
                            .formatted(
                                    decoder.file(),
                                    format.words(),
                                    e instanceof IOException ? " (" + oneLine(e) + ")" : ""),
                    e);
        } catch (OutOfMemoryError e) {
            // A broken file may ask for anything; what was asked for is not held by anybody.
            throw new BadInputException(
                    "cannot read image %s: it takes more memory than there is (Java's heap is %d MB): make it smaller first, or set SVGEN_JAVA_OPTS=-Xmx4g"
                            .formatted(
                                    decoder.file(), Runtime.getRuntime().maxMemory() / 1_000_000),
                    e);
        }
    }

    private static void requireFile(Path file) {
        if (Files.isRegularFile(file)) {
            return;
        }
        String found =
                Files.isDirectory(file)
                        ? "expected a file, found a folder"
                        : Files.exists(file)
                                ? "expected a file, found a pipe or a device"
                                : "no such file";
        throw new BadInputException("cannot read image %s: %s".formatted(file, found));
    }

    static BadInputException foreign(Path file, String found) {
        return new BadInputException(
                "cannot read image %s: expected PNG, JPEG, GIF, BMP, TIFF or WebP, found %s"
                        .formatted(file, found));
    }

    private static String oneLine(Exception e) {
        String text = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        return text.lines().findFirst().orElse(text);
    }
}
