package org.svgen.cuda.gpu;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.svgen.cuda.ffi.CudaDriver;

/**
 * Starts kernels; those that come again, in the same order with the same arguments, as CUDA graphs,
 * where the host is slower than the device. A graph of some dozen kernels is started in the time of
 * one or two.
 *
 * <p>Launches are compared byte by byte with those of a section before. While they are the same,
 * they are held back; when the section is complete, its graph is started. Whatever else is asked of
 * the driver comes through {@link #flush} first, which ends a section and starts what was held
 * back. So the device does the same work in the same order, and memory, copies and events need no
 * care: an argument that differs is another launch.
 */
final class Replay {
    /**
     * Launches of a section. More are not worth more: to start a graph takes as long as one launch,
     * and the device waits while a section is collected.
     */
    private static final int LONGEST = 24;

    /** Fewer launches are started one by one. */
    private static final int SHORTEST = 8;

    /** The launch of a section whose end tells, when the section is over, who waits for whom. */
    private static final int MARKED = 3;

    /** Sections that are kept: more than a step of a small model has. */
    private static final int KEPT = 256;

    /** How often the launches that begin a section may go on otherwise before they are let be. */
    private static final int MOST_MISSES = 8;

    private static final int MOST_KNOWN_MISSES = 4096;

    private final CudaDriver driver;
    private final long stream;
    private final Sender sender;
    private final boolean wanted;
    private final long mark; // event
    private final List<Launch> section = new ArrayList<>(); // that were started one by one
    private final LinkedHashMap<Integer, Tape> tapes = new LinkedHashMap<>(16, 0.75f, true);
    private final HashMap<Integer, Integer> misses = new HashMap<>();
    private @Nullable Tape followed;
    private int held; // of the launches of the followed tape

    /**
     * @param wanted false to start each kernel by itself
     */
    Replay(CudaDriver driver, long stream, boolean wanted) {
        this.driver = driver;
        this.stream = stream;
        this.wanted = wanted;
        sender = new Sender(driver, stream);
        mark = driver.createEvent();
    }

    /** Starts a launch, or holds it back. */
    void start(Launcher next) {
        if (!wanted) {
            next.send();
            return;
        }
        if (followed == null && section.isEmpty()) {
            followed = tapes.get(next.hash());
        }
        Tape tape = followed;
        if (tape != null) {
            if (next.same(tape.launches().get(held))) {
                held++;
                if (held == tape.launches().size()) {
                    stopFollowing();
                    tape.play(driver.graphs(), sender, stream);
                }
                return;
            }
            giveUp(tape);
        }
        next.send();
        started(next.copy());
    }

    /** Starts what is held back, for something else is to come behind it. */
    void flush() {
        if (followed != null) {
            giveUp(followed);
        }
        if (!section.isEmpty()) {
            end();
        }
    }

    private void stopFollowing() {
        followed = null;
        held = 0;
    }

    /** It goes on otherwise than before. */
    private void giveUp(Tape tape) {
        int begun = held;
        stopFollowing();
        int hash = Launcher.hash(tape.launches().getFirst());
        tapes.remove(hash);
        tape.close(driver.graphs());
        if (misses.size() == MOST_KNOWN_MISSES) {
            misses.clear();
        }
        misses.merge(hash, 1, Integer::sum);
        for (Launch launch : tape.launches().subList(0, begun)) {
            sender.send(launch);
            started(launch);
        }
    }

    private void started(Launch launch) {
        section.add(launch);
        if (section.size() == MARKED) {
            driver.recordEvent(mark, stream);
        }
        if (section.size() == LONGEST) {
            end();
        }
    }

    /** Keeps the section if the device had soon done what it was given. */
    private void end() {
        int hash = Launcher.hash(section.getFirst());
        if (section.size() >= SHORTEST
                && misses.getOrDefault(hash, 0) < MOST_MISSES
                && driver.happened(mark)) {
            keep(hash, new Tape(List.copyOf(section)));
        }
        section.clear();
    }

    private void keep(int hash, Tape tape) {
        Tape before = tapes.put(hash, tape);
        if (before != null) {
            before.close(driver.graphs());
        }
        if (tapes.size() > KEPT) {
            tapes.pollFirstEntry().getValue().close(driver.graphs());
        }
    }

    void close() {
        tapes.values().forEach(tape -> tape.close(driver.graphs()));
        tapes.clear();
        driver.destroyEvent(mark);
    }
}
