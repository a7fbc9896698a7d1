package org.svgen.media;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.Raster;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;

/** Reads pictures: PNG, JPEG, GIF, BMP and whatever else the JDK can. */
public final class Images {
    /** More is taken for a decompression bomb, or at least for a mistake. */
    private static final long MOST_PIXELS = 100_000_000;

    private Images() {}

    /**
     * {@return the picture as a host F32 tensor [height, width, 3] of {@code arena}, red green
     * blue, 0..1; an alpha channel is dropped, and photos are turned as the camera says (Exif)}
     *
     * @param file the file
     * @param arena owns its memory
     * @throws BadInputException if there is no such file or it cannot be decoded
     */
    public static Tensor read(Path file, Arena arena) {
        BufferedImage image = decode(file);
        int height = image.getHeight();
        int width = image.getWidth();
        Tensor tensor = Tensor.zeros(arena, DType.F32, height, width, 3);
        if (holdsValues(image.getColorModel())) {
            fromSamples(image, tensor);
        } else {
            Rgb.fill(tensor, colourBytes(image));
        }
        return orientation(file).turn(tensor, arena);
    }

    private static Orientation orientation(Path file) {
        try {
            return Orientation.of(file);
        } catch (IOException e) {
            throw new BadInputException("cannot read image %s: %s".formatted(file, oneLine(e)), e);
        }
    }

    private static BufferedImage decode(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new BadInputException(
                    "cannot read image %s: %s"
                            .formatted(
                                    file,
                                    Files.isDirectory(file)
                                            ? "expected a file, found a folder"
                                            : "no such file"));
        }
        try (ImageInputStream stream = ImageIO.createImageInputStream(file.toFile())) {
            Iterator<ImageReader> readers =
                    stream == null ? Collections.emptyIterator() : ImageIO.getImageReaders(stream);
            if (!readers.hasNext()) {
                throw new BadInputException(
                        "cannot read image %s: expected PNG, JPEG, GIF or BMP".formatted(file));
            }
            ImageReader reader = readers.next();
            try {
                reader.setInput(stream, true, true);
                long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
                if (pixels > MOST_PIXELS) {
                    throw new BadInputException(
                            "cannot read image %s: expected at most %d pixels, found %d x %d"
                                    .formatted(
                                            file,
                                            MOST_PIXELS,
                                            reader.getWidth(0),
                                            reader.getHeight(0)));
                }
                return reader.read(0);
            } finally {
                reader.dispose();
            }
        } catch (BadInputException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // The decoders answer broken files with many kinds of exceptions.
            throw new BadInputException(
                    "cannot read image %s: it is corrupt or cut short (%s)"
                            .formatted(file, oneLine(e)),
                    e);
        }
    }

    private static String oneLine(Exception e) {
        String text = String.valueOf(e.getMessage());
        return text.lines().findFirst().orElse(text);
    }

    /**
     * True if the samples are the values: then no conversion is needed, which would brighten grey
     * and cut 16 bits to 8.
     */
    private static boolean holdsValues(ColorModel model) {
        ColorSpace space = model.getColorSpace();
        return model instanceof ComponentColorModel
                && (space.isCS_sRGB() || space.getType() == ColorSpace.TYPE_GRAY);
    }

    private static void fromSamples(BufferedImage image, Tensor tensor) {
        Raster raster = image.getRaster();
        ColorModel model = image.getColorModel();
        boolean grey = model.getColorSpace().getType() == ColorSpace.TYPE_GRAY;
        float most = (1 << model.getComponentSize(0)) - 1;
        MemorySegment out = tensor.host();
        long at = 0;
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                for (int c = 0; c < 3; c++) {
                    float v = raster.getSample(x, y, grey ? 0 : c) / most;
                    out.set(ValueLayout.JAVA_FLOAT_UNALIGNED, at, v);
                    at += Float.BYTES;
                }
            }
        }
    }

    private static byte[] colourBytes(BufferedImage image) {
        int width = image.getWidth();
        byte[] rgb = new byte[width * image.getHeight() * 3];
        int[] row = new int[width];
        for (int y = 0, at = 0; y < image.getHeight(); y++) {
            image.getRGB(0, y, width, 1, row, 0, width);
            for (int pixel : row) {
                rgb[at++] = (byte) (pixel >> 16);
                rgb[at++] = (byte) (pixel >> 8);
                rgb[at++] = (byte) pixel;
            }
        }
        return rgb;
    }
}
