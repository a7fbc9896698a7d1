package org.svgen.media;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.svgen.tensor.Tensor;

/**
 * Frames as PNG files, each row as its difference to the one above. Java's own writer leaves rows
 * as they are: its files are larger, and take twice as long.
 */
final class Png {
    private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    private static final int CHANNELS = 3;
    private static final int HEADER_BYTES = 13;
    private static final byte DEPTH = 8; // bits of a sample
    private static final byte RGB = 2;
    private static final byte UP = 2; // the filter of every row
    private static final int LEVEL = 2; // of 9; 4: 2 to 22 % smaller, half as long again
    private static final int PIECE = 1 << 16;

    private Png() {}

    /**
     * A whole file.
     *
     * @param frame host F32 [height, width, 3] in 0..1; what lies outside is clamped
     */
    static byte[] encode(Tensor frame) {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.writeBytes(SIGNATURE);
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES); // ends with deflate, filters, plain
        header.putInt(frame.size(1)).putInt(frame.size(0)).put(DEPTH).put(RGB);
        chunk("IHDR", header.array(), file);
        chunk("IDAT", deflated(filtered(Rgb.bytes(frame), frame.size(1) * CHANNELS)), file);
        chunk("IEND", new byte[0], file);
        return file.toByteArray();
    }

    /** Length, type, content, checksum. */
    private static void chunk(String type, byte[] content, ByteArrayOutputStream file) {
        ByteBuffer bytes = ByteBuffer.allocate(content.length + 3 * Integer.BYTES);
        bytes.putInt(content.length).put(type.getBytes(StandardCharsets.US_ASCII)).put(content);
        CRC32 checksum = new CRC32();
        checksum.update(bytes.array(), Integer.BYTES, Integer.BYTES + content.length);
        bytes.putInt((int) checksum.getValue());
        file.writeBytes(bytes.array());
    }

    /** Every row behind a byte that names its filter. */
    private static byte[] filtered(byte[] rgb, int rowBytes) {
        int rows = rgb.length / rowBytes;
        byte[] out = new byte[rgb.length + rows];
        for (int y = 0, from = 0, to = 0; y < rows; y++) {
            out[to++] = UP;
            for (int end = from + rowBytes; from < end; from++) {
                out[to++] = (byte) (rgb[from] - (y == 0 ? 0 : rgb[from - rowBytes]));
            }
        }
        return out;
    }

    private static byte[] deflated(byte[] data) {
        Deflater deflater = new Deflater(LEVEL);
        try {
            ByteArrayOutputStream out = new ByteArrayOutputStream(data.length / 2);
            byte[] piece = new byte[PIECE];
            deflater.setInput(data);
            deflater.finish();
            while (!deflater.finished()) {
                out.write(piece, 0, deflater.deflate(piece));
            }
            return out.toByteArray();
        } finally {
            deflater.end();
        }
    }
}
