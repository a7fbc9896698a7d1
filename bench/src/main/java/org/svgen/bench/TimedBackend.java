package org.svgen.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Download;
import org.svgen.tensor.device.Feed;
import org.svgen.tensor.device.ForwardingBackend;
import org.svgen.tensor.op.Op;
import org.svgen.tensor.op.Ops;

/** A backend whose operations are timed one by one, each from an idle device to an idle device. */
final class TimedBackend extends ForwardingBackend {
    private final Ops ops;
    private final Map<String, Double> seconds = new LinkedHashMap<>();

    /** Does not take {@code backend} over: closing this closes nothing. */
    TimedBackend(Backend backend) {
        super(backend);
        this.ops =
                new Ops() {
                    @Override
                    public void run(Op op) {
                        timed(op);
                    }

                    @Override
                    public void spread(Tensor rows) {
                        other().ops().spread(rows);
                    }

                    @Override
                    public void apart(int unit) {
                        other().ops().apart(unit);
                    }

                    @Override
                    public void together() {
                        other().ops().together();
                    }
                };
    }

    private void timed(Op op) {
        synchronize();
        long start = System.nanoTime();
        try {
            other().ops().run(op);
            synchronize();
        } finally {
            seconds.merge(op.name(), (System.nanoTime() - start) * 1e-9, Double::sum);
        }
    }

    /** By operation, all its calls together. */
    Map<String, Double> seconds() {
        return seconds;
    }

    /** {@link #seconds} as lines, the longest operation first. */
    static List<String> table(Map<String, Double> seconds) {
        return seconds.entrySet().stream()
                .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
                .map(e -> "  %-16s %8.4f s".formatted(e.getKey(), e.getValue()))
                .toList();
    }

    @Override
    public Ops ops() {
        return ops;
    }

    @Override
    public Tensor upload(Tensor host, DType dtype) {
        return other().upload(host, dtype);
    }

    @Override
    public Download beginDownload(Tensor tensor, Tensor host) {
        return other().beginDownload(tensor, host);
    }

    @Override
    public Feed feed() {
        return other().feed();
    }

    @Override
    public void close() {}
}
