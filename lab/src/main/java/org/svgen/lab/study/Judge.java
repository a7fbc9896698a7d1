package org.svgen.lab.study;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.svgen.lab.metrics.Lpips;
import org.svgen.lab.metrics.Measure;
import org.svgen.lab.metrics.Measures;
import org.svgen.pipeline.CancelledException;
import org.svgen.pipeline.StepListener;
import org.svgen.tensor.Tensor;

/** Measures how close videos are to their reference, always by the same measures. */
final class Judge implements AutoCloseable {
    private final Optional<Lpips> lpips;
    private final String name;

    private Judge(Optional<Lpips> lpips, String name) {
        this.lpips = lpips;
        this.name = name;
    }

    /**
     * @param weights with which LPIPS is measured too
     * @throws org.svgen.tensor.BadInputException if they are none
     */
    static Judge open(Optional<String> weights) {
        String measures =
                Arrays.stream(Measure.values()).map(Measure::key).collect(Collectors.joining(" "));
        if (weights.isEmpty()) {
            return new Judge(Optional.empty(), measures);
        }
        Path file = Path.of(weights.get());
        Lpips lpips = Lpips.open(file);
        return new Judge(Optional.of(lpips), measures + " " + RunKey.content(file));
    }

    /** What is measured, and by which weights: runs that were judged otherwise do not compare. */
    String name() {
        return name;
    }

    /** What who reads the measures should know, a line each. */
    List<String> notes() {
        return lpips.map(l -> List.of("LPIPS is by " + l.trunk())).orElse(List.of());
    }

    /**
     * @throws CancelledException if the listener asks for it
     */
    Map<String, Double> measures(Tensor reference, Tensor video, StepListener listener) {
        return Measures.of(
                        reference,
                        video,
                        lpips,
                        (measure, done, frames) -> {
                            if (listener.cancelled()) {
                                throw new CancelledException();
                            }
                        })
                .byKey();
    }

    @Override
    public void close() {
        lpips.ifPresent(Lpips::close);
    }
}
