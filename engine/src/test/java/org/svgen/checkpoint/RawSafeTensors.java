package org.svgen.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes safetensors files byte by byte, right or wrong. */
final class RawSafeTensors {
    private RawSafeTensors() {}

    /** A file with {@code header} as it is and {@code dataBytes} bytes 0, 1, 2, ... behind it. */
    static Path write(Path file, String header, int dataBytes) throws IOException {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer all = ByteBuffer.allocate(8 + json.length + dataBytes);
        all.order(ByteOrder.LITTLE_ENDIAN).putLong(json.length).put(json);
        for (int i = 0; i < dataBytes; i++) {
            all.put((byte) i);
        }
        return Files.write(file, all.array());
    }

    /** {@code "name":{...}}, an entry of a header. */
    static String entry(String name, String dtype, String shape, String offsets) {
        return "\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":%s}"
                .formatted(name, dtype, shape, offsets);
    }
}
