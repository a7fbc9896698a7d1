package org.svgen.cli.service;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;

/**
 * Sends bodies in chunks that never end, until the service has had enough.
 *
 * @param head a line of each request's head
 */
record Endless(RawHttp http, String head) {
    /** Mebibytes that a service need not have read: the systems hold so much at both ends. */
    static final int ON_THE_WAY = 12;

    private static final int MOST_MEBIBYTES = 200;
    private static final int CHUNK = 1 << 16;
    private static final int CHUNKS_OF_A_MEBIBYTE = (1 << 20) / CHUNK;

    /**
     * What came of it.
     *
     * @param answer what was read of it; empty if the connection was cut
     */
    record Outcome(String answer, int mebibytes) {}

    /**
     * @param type of the body
     * @param begin of it
     */
    Outcome send(String type, String begin) throws IOException {
        try (Socket socket = http.open()) {
            RawHttp.write(
                    socket,
                    """
                    POST /v1/videos HTTP/1.1
                    Host: x
                    %s
                    Content-Type: %s
                    Transfer-Encoding: chunked

                    """
                            .formatted(head, type));
            OutputStream out = socket.getOutputStream();
            InputStream in = socket.getInputStream();
            write(out, begin);
            String chunk = "x".repeat(CHUNK);
            int chunks = 0;
            try {
                while (in.available() == 0 && chunks < MOST_MEBIBYTES * CHUNKS_OF_A_MEBIBYTE) {
                    write(out, chunk);
                    chunks++;
                }
            } catch (IOException e) {
                // It was cut; the answer may lie there.
            }
            return new Outcome(read(in), chunks / CHUNKS_OF_A_MEBIBYTE);
        }
    }

    private static void write(OutputStream out, String chunk) throws IOException {
        out.write("%x\r\n%s\r\n".formatted(chunk.length(), chunk).getBytes(ISO_8859_1));
    }

    private static String read(InputStream in) {
        try {
            return new String(in.readNBytes(in.available() > 0 ? in.available() : 1), ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }
}
