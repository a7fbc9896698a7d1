package org.svgen.media;

import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javax.imageio.IIOException;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.FileImageInputStream;
import javax.imageio.stream.ImageInputStream;

/**
 * The JDK's own decoder of a format. Others that a program may have on its class path are passed
 * over: pixels must not depend on them.
 */
final class JdkDecoder implements AutoCloseable {
    /** What libjpeg says of data that it had to make up. */
    private static final List<String> DAMAGE =
            List.of(
                    "premature end",
                    "bad huffman code",
                    "instead of rst",
                    "inconsistent progression",
                    "arithmetic code");

    private final ImageReader reader;
    private final ImageInputStream stream;
    private final List<String> damage = new ArrayList<>();

    private JdkDecoder(ImageReader reader, ImageInputStream stream) {
        this.reader = reader;
        this.stream = stream;
    }

    /**
     * @param format as ImageIO calls it
     */
    static JdkDecoder open(String format, Path file) throws IOException {
        ImageReader reader = reader(format);
        JdkDecoder decoder = new JdkDecoder(reader, new FileImageInputStream(file.toFile()));
        reader.addIIOReadWarningListener((_, warning) -> decoder.warned(warning));
        reader.setInput(decoder.stream, true, true);
        return decoder;
    }

    private static ImageReader reader(String format) {
        Iterator<ImageReader> all = ImageIO.getImageReadersByFormatName(format);
        return Stream.generate(() -> all)
                .takeWhile(Iterator::hasNext)
                .map(Iterator::next)
                .filter(r -> r.getClass().getModule() == ImageIO.class.getModule())
                .findFirst()
                .orElseThrow(
                        () -> new IllegalStateException("this Java has no decoder of " + format));
    }

    private void warned(String warning) {
        String low = warning.toLowerCase(Locale.ROOT);
        if (DAMAGE.stream().anyMatch(low::contains)) {
            damage.add(warning);
        }
    }

    int width() throws IOException {
        return reader.getWidth(0);
    }

    int height() throws IOException {
        return reader.getHeight(0);
    }

    BufferedImage image() throws IOException {
        BufferedImage image = reader.read(0);
        requireWhole();
        return image;
    }

    /** The samples as they are stored: no colours are converted. */
    Raster raster() throws IOException {
        Raster raster = reader.readRaster(0, null);
        requireWhole();
        return raster;
    }

    private void requireWhole() throws IIOException {
        if (!damage.isEmpty()) {
            throw new IIOException(damage.getFirst());
        }
    }

    @Override
    public void close() throws IOException {
        reader.dispose();
        stream.close();
    }
}
