package org.svgen.cuda.gpu;

import java.util.List;
import org.svgen.cuda.ffi.CudaGraphs;

/** Launches that came one after the other, and the graph that starts them all at once. */
final class Tape {
    private final List<Launch> launches;
    private long executable;

    Tape(List<Launch> launches) {
        this.launches = launches;
    }

    List<Launch> launches() {
        return launches;
    }

    /** Starts all launches; the first time they are made a graph. */
    void play(CudaGraphs graphs, Sender sender, long stream) {
        if (executable == 0) {
            executable = graphs.capture(stream, () -> launches.forEach(sender::send));
        }
        graphs.launch(executable, stream);
    }

    void close(CudaGraphs graphs) {
        if (executable != 0) {
            graphs.destroy(executable);
            executable = 0;
        }
    }
}
