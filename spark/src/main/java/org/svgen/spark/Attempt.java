package org.svgen.spark;

import java.io.IOException;

/**
 * One of several attempts at a video. Each leaves a mark when it begins and takes it away when it
 * ends, in whatever way. So the next one sees how many ended together with their executors: a video
 * that kills each executor that it comes to is told as an error of its row before Spark gives the
 * whole job up.
 */
final class Attempt implements AutoCloseable {
    private final OutputFolder output;
    private final String name;
    private final String writer;
    private final int number;
    private final int most;
    private final int lost;

    private Attempt(
            OutputFolder output, String name, String writer, int number, int most, int lost) {
        this.output = output;
        this.name = name;
        this.writer = writer;
        this.number = number;
        this.most = most;
        this.lost = lost;
    }

    /**
     * Begins.
     *
     * @param writer nobody else is called so
     * @param number from 0; those that Spark ends for reasons of its own count, too
     * @param most how many attempts at a task may fail
     */
    static Attempt begin(OutputFolder output, String key, String writer, int number, int most)
            throws IOException {
        String name = OutputFolder.own(key + ".attempt");
        int lost =
                number == 0
                        ? 0
                        : output.read(name).map(count -> Integer.parseInt(count) + 1).orElse(0);
        output.write(name, writer, String.valueOf(lost));
        return new Attempt(output, name, writer, number, most, lost);
    }

    /** Nobody else is called so. */
    String writer() {
        return writer;
    }

    /** How many attempts ended together with their executors. */
    int lost() {
        return lost;
    }

    /** Whether one more loss could end the job. */
    boolean isHopeless() {
        return lost > 0 && lost >= most - 1;
    }

    /** Whether Spark would end the job if this attempt failed. */
    boolean isLast() {
        return number >= most - 1;
    }

    @Override
    public void close() throws IOException {
        output.delete(name);
    }
}
