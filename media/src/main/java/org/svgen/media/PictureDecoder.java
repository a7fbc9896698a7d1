package org.svgen.media;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Optional;
import org.svgen.tensor.BadInputException;

/**
 * From a file of a known format to its pixels and what it says about them. PNG, JPEG, GIF, BMP and
 * TIFF are the JDK's to decode, WebP is FFmpeg's; what samples mean is decided here.
 *
 * @param bytes all of {@code file}
 */
record PictureDecoder(Path file, MemorySegment bytes) {
    record Decoded(Pixels pixels, Metadata metadata) {}

    /**
     * @throws BadInputException if the picture is too large or of a kind that is not read
     * @throws IOException if it is damaged; decoders also answer damage with any RuntimeException
     */
    Decoded decode(PictureFormat format) throws IOException {
        return switch (format) {
            case PNG -> {
                Metadata metadata = PngChunks.metadata(bytes);
                yield new Decoded(pixels("png", Optional.empty()), metadata);
            }
            case BMP -> new Decoded(pixels("bmp", Optional.empty()), Metadata.NONE);
            case JPEG -> jpeg();
            case GIF -> gif();
            case TIFF -> tiff();
            case WEBP -> webp();
        };
    }

    private Decoded jpeg() throws IOException {
        JpegEnd.require(bytes);
        JpegHeader header = JpegHeader.of(bytes);
        try (JdkDecoder decoder = open("jpeg")) {
            return new Decoded(JpegPixels.of(decoder.raster(), header), header.metadata());
        }
    }

    private Decoded gif() throws IOException {
        GifHeader header = GifHeader.of(bytes);
        requireSize(header.width(), header.height());
        try (JdkDecoder decoder = open("gif")) {
            Raster frame = decoder.image().getRaster();
            return new Decoded(GifPixels.of(header, frame), Metadata.NONE);
        }
    }

    private Decoded tiff() throws IOException {
        Optional<TiffDirectory> directory = TiffDirectory.of(bytes);
        if (ForeignMedia.RAW.is(bytes) || directory.map(TiffDirectory::isPreview).orElse(false)) {
            throw Images.foreign(file, ForeignMedia.RAW.line());
        }
        if (directory.isPresent()) {
            directory.get().requireKnownColours();
            directory.get().requireWhole();
        }
        Metadata metadata =
                new Metadata(
                        Optional.of(bytes),
                        directory.flatMap(d -> d.bytes(TiffDirectory.XMP)).map(Metadata::text));
        return new Decoded(pixels("tiff", directory), metadata);
    }

    private Decoded webp() throws IOException {
        WebpFile webp = WebpFile.of(bytes);
        requireSize(webp.width(), webp.height());
        Pixels picture = WebpDecoder.decode(webp.alone());
        boolean whole =
                webp.width() == 0
                        || (webp.width() == picture.width() && webp.height() == picture.height());
        return new Decoded(
                whole
                        ? picture
                        : OnCanvas.of(
                                picture, webp.width(), webp.height(), webp.left(), webp.top()),
                webp.metadata());
    }

    private Pixels pixels(String format, Optional<TiffDirectory> directory) throws IOException {
        try (JdkDecoder decoder = open(format)) {
            BufferedImage image = decoder.image();
            Raster raster = image.getRaster();
            ColorModel model = image.getColorModel();
            if (model instanceof IndexColorModel palette) {
                float[] own = directory.flatMap(TiffDirectory::palette).orElse(null);
                return own == null
                        ? PalettePixels.of(raster, palette)
                        : new PalettePixels(raster, own);
            }
            return switch (raster.getTransferType()) {
                case DataBuffer.TYPE_FLOAT, DataBuffer.TYPE_DOUBLE -> FloatPixels.of(raster);
                default ->
                        SamplePixels.of(
                                raster, kind(model, directory), model.isAlphaPremultiplied());
            };
        }
    }

    /** A TIFF's own word comes first: the JDK takes some inks for colours with transparency. */
    private static SamplePixels.Kind kind(ColorModel model, Optional<TiffDirectory> directory)
            throws UnreadablePictureException {
        if (directory.map(TiffDirectory::isInk).orElse(false)) {
            return SamplePixels.Kind.CMYK;
        }
        ColorSpace space = model.getColorSpace();
        return switch (space.getType()) {
            case ColorSpace.TYPE_GRAY -> SamplePixels.Kind.GREY;
            case ColorSpace.TYPE_RGB -> SamplePixels.Kind.RGB;
            default ->
                    throw new UnreadablePictureException(
                            "expected grey, RGB, CMYK or a palette, found another colour space");
        };
    }

    private JdkDecoder open(String format) throws IOException {
        JdkDecoder decoder = JdkDecoder.open(format, file);
        try {
            requireSize(decoder.width(), decoder.height());
            return decoder;
        } catch (IOException | RuntimeException e) {
            decoder.close();
            throw e;
        }
    }

    private void requireSize(long width, long height) {
        if (width * height > Images.MAX_PIXELS || Math.max(width, height) > Images.MAX_SIDE) {
            throw new BadInputException(
                    "cannot read image %s: expected at most %d pixels and %d a side, found %d x %d: make it smaller first"
                            .formatted(file, Images.MAX_PIXELS, Images.MAX_SIDE, width, height));
        }
    }
}
