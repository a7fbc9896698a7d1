package org.svgen.forecast;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Work;

/**
 * Measures operations on a device: of each kind those sizes that take most of a run, on a part of
 * their operands where all of them would take long.
 */
final class WorkTimer implements AutoCloseable {
    /** Sizes of an operation that are measured, at most. */
    private static final int MEASURED_SIZES = 4;

    /** The part of an operation's cost that is measured, at least. */
    private static final double MEASURED_COST = 0.9;

    private final Backend backend;
    private final OpProbe probe;

    WorkTimer(Backend backend) {
        this.backend = backend;
        this.probe = new OpProbe(backend);
    }

    /** How long all operations of {@code work} will take. */
    double seconds(Work work) {
        Map<String, List<Work.Call>> byOperation = new LinkedHashMap<>();
        for (Work.Call call : work.calls()) {
            byOperation.computeIfAbsent(call.op().name(), _ -> new ArrayList<>()).add(call);
        }
        return byOperation.values().stream().mapToDouble(this::seconds).sum();
    }

    /** Of one operation: what is not measured goes at the rate of what is. */
    private double seconds(List<Work.Call> calls) {
        double all = calls.stream().mapToDouble(Work.Call::total).sum();
        double covered = 0;
        double seconds = 0;
        for (Work.Call call : Work.largest(calls, MEASURED_SIZES, MEASURED_COST)) {
            seconds += call.count() * probe.seconds(call.op(), call.count());
            covered += call.total();
        }
        return covered == 0 ? 0 : seconds * all / covered;
    }

    /** How fast weights come to the device; infinitely where they stay in their files. */
    double uploadBytesPerSecond() {
        return backend.readsHost() ? Double.POSITIVE_INFINITY : probe.uploadBytesPerSecond();
    }

    @Override
    public void close() {
        probe.close();
    }
}
