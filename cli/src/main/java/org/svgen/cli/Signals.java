package org.svgen.cli;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * What SIGTERM and Ctrl-C mean while a service runs: the first asks it to stop in good order, the
 * second ends the process at once.
 */
final class Signals implements AutoCloseable {
    private static final List<String> NAMES = List.of("TERM", "INT");
    private static final int SIGNALLED = 128; // as shells see it, and the signal's number

    private final Map<Signal, SignalHandler> before = new HashMap<>();
    private boolean asked;

    /**
     * @param stop asks the service to stop; must return at once
     */
    Signals(Runnable stop) {
        for (String name : NAMES) {
            try {
                Signal signal = new Signal(name);
                before.put(signal, Signal.handle(signal, found -> got(found, stop)));
            } catch (IllegalArgumentException e) {
                // The system has no such signal, or the JVM was told to leave it alone.
            }
        }
    }

    private synchronized void got(Signal signal, Runnable stop) {
        if (asked) {
            Runtime.getRuntime().halt(SIGNALLED + signal.getNumber());
        }
        asked = true;
        stop.run();
    }

    @Override
    public void close() {
        before.forEach(Signal::handle);
    }
}
