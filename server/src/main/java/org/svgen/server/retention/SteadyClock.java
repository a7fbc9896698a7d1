package org.svgen.server.retention;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.svgen.files.Staged;
import org.svgen.tensor.SvgenException;

/**
 * A clock that does not believe a jump ahead for a day: what is removed by its age cannot be had
 * back. Until then it goes on as before, by the time that passes. A jump back is followed at once,
 * since it removes nothing.
 */
final class SteadyClock implements InstantSource {
    /** Clocks are set by seconds in normal use. */
    private static final Duration JUMP = Duration.ofMinutes(10);

    /** A service may be stopped for so long without any doubt. */
    private static final Duration STOPPED = Duration.ofDays(1);

    private static final Duration DOUBT = Duration.ofDays(1);
    private static final Duration KEPT_EVERY = Duration.ofMinutes(10);

    private final InstantSource clock;
    private final LongSupplier nanos;
    private final Path file;
    private final Consumer<String> log;
    private long believed; // milliseconds since 1970, at base
    private long base; // nanoseconds of the other clock
    private long kept;
    private long doubtedSince; // nanoseconds
    private long doubted; // milliseconds ahead; 0 is none

    /**
     * @param clock of the system, which may be set
     * @param nanos a clock that goes on evenly, as {@link System#nanoTime} does
     * @param file keeps the time over restarts; one that cannot be read counts as none
     * @param log gets a line about a jump
     */
    SteadyClock(InstantSource clock, LongSupplier nanos, Path file, Consumer<String> log) {
        this.clock = clock;
        this.nanos = nanos;
        this.file = file;
        this.log = log;
        this.base = nanos.getAsLong();
        long now = clock.millis();
        OptionalLong before = read(file);
        boolean doubtful = before.isPresent() && now - before.getAsLong() > STOPPED.toMillis();
        this.believed = doubtful ? before.getAsLong() : now;
    }

    private static OptionalLong read(Path file) {
        try {
            return OptionalLong.of(Instant.parse(Files.readString(file).strip()).toEpochMilli());
        } catch (IOException | RuntimeException e) {
            return OptionalLong.empty();
        }
    }

    @Override
    public synchronized Instant instant() {
        long tick = nanos.getAsLong();
        long passed = believed + TimeUnit.NANOSECONDS.toMillis(tick - base);
        long now = clock.millis();
        long ahead = now - passed;
        if (ahead <= JUMP.toMillis()) {
            doubted = 0;
            believe(now, tick);
            return Instant.ofEpochMilli(now);
        }
        if (ahead > doubted + JUMP.toMillis()) {
            doubted = ahead;
            doubtedSince = tick;
            log.accept(
                    "the clock jumped ahead by %s: old videos stay for a day; set it back before if it is wrong"
                            .formatted(text(ahead)));
        } else if (tick - doubtedSince >= DOUBT.toNanos()) {
            doubted = 0;
            log.accept("the clock was not set back for a day: old videos go by it again");
            believe(now, tick);
            return Instant.ofEpochMilli(now);
        }
        return Instant.ofEpochMilli(passed);
    }

    private static String text(long millis) {
        Duration time = Duration.ofMillis(millis);
        return time.toDays() > 0
                ? "%d d %d h".formatted(time.toDays(), time.toHoursPart())
                : "%d h %d min".formatted(time.toHours(), time.toMinutesPart());
    }

    private void believe(long now, long tick) {
        believed = now;
        base = tick;
        if (Math.abs(now - kept) >= KEPT_EVERY.toMillis()) {
            kept = now;
            keep(Instant.ofEpochMilli(now) + "\n");
        }
    }

    /** What is not kept makes the next start believe its clock. */
    private void keep(String text) {
        try {
            Staged.write(file, temporary -> Files.writeString(temporary, text));
        } catch (SvgenException e) {
            // The disk may be full; the service says so elsewhere.
        }
    }
}
