package org.svgen.media;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/** Looks at pictures that were just written: whole, of the right size, as many as were meant. */
final class ReadBack {
    private static final long PNG_SIGNATURE = 0x89504e470d0a1a0aL;
    private static final int PNG_HEADER = 0x49484452; // IHDR
    private static final int PNG_END = 0x49454e44; // IEND
    private static final int GIF_TRAILER = 0x3b;

    private ReadBack() {}

    /**
     * Walks the blocks of an animated GIF, without decoding them.
     *
     * @throws IOException if it is anything but {@code count} frames, whole to the end
     */
    static void gif(Path file, int count, int width, int height) throws IOException {
        ImageReader reader = ImageIO.getImageReadersByFormatName("gif").next();
        try (ImageInputStream stream = ImageIO.createImageInputStream(file.toFile())) {
            reader.setInput(stream);
            int found = reader.getNumImages(true);
            require("frames", count, found);
            require("width", width, reader.getWidth(found - 1));
            require("height", height, reader.getHeight(found - 1));
        } catch (RuntimeException e) {
            // The decoder answers broken files with many kinds of exceptions.
            throw new IOException("it does not read back: " + e.getMessage(), e);
        } finally {
            reader.dispose();
        }
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "r")) {
            bytes.seek(Math.max(0, bytes.length() - 1));
            require("last byte", GIF_TRAILER, bytes.read());
        }
    }

    /**
     * Walks the chunks of a PNG and their checksums, without decompressing them.
     *
     * @throws IOException if it is anything but one whole picture of that size
     */
    static void png(Path file, int width, int height) throws IOException {
        try (DataInputStream in =
                new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            if (in.readLong() != PNG_SIGNATURE) {
                throw new IOException("it does not read back: it does not begin as a PNG");
            }
            for (int type = 0; type != PNG_END; ) {
                byte[] data = new byte[in.readInt()];
                type = in.readInt();
                in.readFully(data);
                require("checksum", checksum(type, data), in.readInt());
                if (type == PNG_HEADER) {
                    require("width", width, intAt(data, 0));
                    require("height", height, intAt(data, Integer.BYTES));
                }
            }
            require("byte behind the end", -1, in.read());
        } catch (EOFException | NegativeArraySizeException e) {
            throw new IOException("it does not read back: it is cut short", e);
        }
    }

    private static int checksum(int type, byte[] data) {
        CRC32 crc = new CRC32();
        for (int shift = 24; shift >= 0; shift -= 8) {
            crc.update(type >>> shift);
        }
        crc.update(data);
        return (int) crc.getValue();
    }

    private static int intAt(byte[] data, int at) {
        return (data[at] & 0xff) << 24
                | (data[at + 1] & 0xff) << 16
                | (data[at + 2] & 0xff) << 8
                | data[at + 3] & 0xff;
    }

    private static void require(String what, int expected, int found) throws IOException {
        if (expected != found) {
            throw new IOException(
                    "it does not read back: expected %s %d, found %d"
                            .formatted(what, expected, found));
        }
    }
}
