package org.svgen.cli.service;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Many streams of events of a job that is under way, all open at the same time. */
final class LoadStreams implements AutoCloseable {
    static final int STREAMS = 500;

    private static final double MOST_MEGABYTES = 200;
    private static final int STEPS = 3;

    private final ServeProcess service;
    private final List<EventReader> readers;
    private final double before;

    LoadStreams(LoadTable table, ServeProcess service, Api api, String job)
            throws ExecutionException, InterruptedException, IOException {
        this.service = service;
        this.before = Memory.resident(service.pid());
        long start = System.nanoTime();
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<EventReader>> all =
                    IntStream.range(0, STREAMS)
                            .mapToObj(_ ->
                                    clients.submit(() ->
                                            new EventReader(
                                                    api, "/v1/videos/%s/events".formatted(job))))
                            .toList();
            clients.shutdown();
            readers = new ArrayList<>();
            for (Future<EventReader> one : all) {
                readers.add(one.get());
            }
        }
        table.say(
                "s until %d streams answered".formatted(STREAMS),
                (System.nanoTime() - start) / 1e9);
    }

    /** While the job goes on. */
    void measure(LoadTable table, Api api) throws IOException {
        Await.until(() -> readers.stream().allMatch(LoadStreams::sawSteps));
        double open = Metrics.of(api).value("svgen_sse_connections");
        table.holds("svgen_sse_connections", open, "= " + STREAMS, open == STREAMS);
        double now = Memory.resident(service.pid());
        table.say("MB resident before, with the streams", "%.0f, %.0f".formatted(before, now));
        table.atMost(
                "MB more with %d streams (VmRSS after GC)".formatted(STREAMS),
                now - before,
                MOST_MEGABYTES);
    }

    /** Once the job has been cancelled. */
    void measureEnd(LoadTable table) {
        Await.until(() -> readers.stream().allMatch(EventReader::isOver));
        told(table, "status, first", reader -> name(reader, 0).equals("status"));
        told(table, "progress of %d steps".formatted(STEPS), LoadStreams::sawSteps);
        told(
                table,
                "failed, last",
                reader -> name(reader, reader.events().size() - 1).equals("failed"));
    }

    /** Steps that come fast may be told as one. */
    private static boolean sawSteps(EventReader reader) {
        return reader.events().stream()
                        .map(EventReader.Event::step)
                        .filter(step -> step > 0)
                        .collect(Collectors.toSet())
                        .size()
                >= STEPS;
    }

    private void told(LoadTable table, String what, Predicate<EventReader> right) {
        long count = readers.stream().filter(right).count();
        table.holds("streams that got " + what, count, "= " + STREAMS, count == STREAMS);
    }

    private static String name(EventReader reader, int index) {
        List<EventReader.Event> events = reader.events();
        return index >= 0 && index < events.size() ? events.get(index).name() : "";
    }

    @Override
    public void close() {
        readers.forEach(EventReader::close);
    }
}
