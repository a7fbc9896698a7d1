package org.svgen.cli.service;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Connections whose request never comes to its end. */
final class LoadHeads {
    private static final double MOST_SECONDS = 30;
    private static final int PATIENCE_MILLIS = 60_000;
    private static final long TRICKLE_MILLIS = 2000;

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Future<Double> silent;
    private final Future<Double> trickling;
    private final Future<Double> second;

    private LoadHeads(RawHttp http) {
        silent = threads.submit(() -> dropped(http, "GET / HTTP/1.1\nHost: ", false));
        trickling = threads.submit(() -> dropped(http, "GET / HTTP/1.1\nX-", true));
        String whole = "GET /health HTTP/1.1\nHost: 127.0.0.1\n\n";
        second = threads.submit(() -> dropped(http, whole + "GET /health HTTP/1.1\r\nX: ", false));
    }

    static LoadHeads open(ServeProcess service) {
        return new LoadHeads(new RawHttp(service.url()));
    }

    private static double dropped(RawHttp http, String half, boolean trickles) throws IOException {
        long start = System.nanoTime();
        try (Socket socket = http.open()) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            RawHttp.write(socket, half);
            if (trickles) {
                Thread.ofVirtual().start(() -> trickle(socket));
            }
            socket.getInputStream().readAllBytes();
        } catch (SocketException e) {
            // Reset, since the service did not read what still came.
        }
        return (System.nanoTime() - start) / 1e9;
    }

    private static void trickle(Socket socket) {
        try {
            while (true) {
                Await.sleep(TRICKLE_MILLIS);
                socket.getOutputStream().write('x');
            }
        } catch (IOException e) {
            // It was dropped.
        }
    }

    void measure(LoadTable table) throws ExecutionException, InterruptedException {
        for (var one :
                List.of(
                        Map.entry("that says no more", silent),
                        Map.entry("that trickles", trickling),
                        Map.entry("behind a whole request", second))) {
            table.atMost(
                    "s until half a head was dropped " + one.getKey(),
                    one.getValue().get(),
                    MOST_SECONDS);
        }
        threads.close();
    }
}
