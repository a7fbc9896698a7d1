package org.svgen.cli.service;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Requests that no client would send, byte by byte. */
record RawHttp(URI base) {
    private static final int MOST_MILLIS = 20_000;
    private static final Pattern LENGTH = Pattern.compile("(?i)content-length: (\\d+)");

    Socket open() throws IOException {
        Socket socket = new Socket(base.getHost(), base.getPort());
        socket.setSoTimeout(MOST_MILLIS);
        return socket;
    }

    /**
     * {@return the answer, with its head} Waits a moment where a key asks too often, as {@link
     * Api#send} does.
     *
     * @param request with {@code \n} at the ends of lines of its head
     */
    String send(String request) {
        return Await.value(() -> once(request), answer -> !answer.contains("rate_limit_exceeded"));
    }

    private String once(String request) {
        try (Socket socket = open()) {
            write(socket, request);
            return read(socket.getInputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Head with the ends of lines that HTTP wants, and the rest as it is. */
    static void write(Socket socket, String request) throws IOException {
        int end = request.indexOf("\n\n");
        String head = end < 0 ? request : request.substring(0, end + 2);
        String all = head.replace("\n", "\r\n") + request.substring(head.length());
        socket.getOutputStream().write(all.getBytes(ISO_8859_1));
        socket.getOutputStream().flush();
    }

    private static String read(InputStream in) throws IOException {
        StringBuilder answer = new StringBuilder();
        while (answer.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                return answer.toString();
            }
            answer.append((char) next);
        }
        Matcher length = LENGTH.matcher(answer);
        int left = length.find() ? Integer.parseInt(length.group(1)) : 0;
        return answer + new String(in.readNBytes(left), ISO_8859_1);
    }

    /** The status of an answer; 0 if there was none. */
    static int status(String answer) {
        return answer.startsWith("HTTP/1.1 ") ? Integer.parseInt(answer.substring(9, 12)) : 0;
    }

    /** Status of a request without a body. */
    int status(String method, String path, String... headers) {
        StringBuilder request = new StringBuilder("%s %s HTTP/1.1\n".formatted(method, path));
        boolean host = false;
        for (String header : headers) {
            request.append(header).append('\n');
            host |= header.startsWith("Host:");
        }
        if (!host) {
            request.append("Host: %s:%d\n".formatted(base.getHost(), base.getPort()));
        }
        return status(send(request + "Connection: close\n\n"));
    }
}
