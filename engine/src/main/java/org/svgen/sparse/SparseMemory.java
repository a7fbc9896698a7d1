package org.svgen.sparse;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;

/**
 * What a run's sparse calls choose and measure.
 *
 * @param kinds I32 [layers, branches, heads], on the device: the choice of each head
 * @param hostKinds as {@code kinds}, in host memory
 * @param probe what the choice goes by
 * @param audit what is measured beside it, if anything
 * @param maps of the choices, if means stand in for what is left out
 */
public record SparseMemory(
        Tensor kinds,
        Tensor hostKinds,
        Probe probe,
        Optional<Probe> audit,
        Optional<BandMaps> maps) {
    /**
     * Takes what a run needs.
     *
     * @param workspace memory of the steps
     * @param host owns host memory
     * @param rules of the run
     * @param layers number of layers
     * @param branches of guidance
     * @param heads of a layer
     * @return the memory
     */
    public static SparseMemory allocate(
            Workspace workspace,
            Arena host,
            SparseRules rules,
            int layers,
            int branches,
            int heads) {
        Probe.Sizes sizes =
                new Probe.Sizes(layers, branches, rules.profile().kinds().size(), heads);
        return new SparseMemory(
                workspace.allocate(DType.I32, layers, branches, heads),
                Tensor.zeros(host, DType.I32, layers, branches, heads),
                Probe.allocate(workspace, host, sizes),
                rules.audit().map(_ -> Probe.allocate(workspace, host, sizes)),
                rules.tail()
                        .map(band ->
                                BandMaps.allocate(
                                        workspace,
                                        band.geometry(),
                                        rules.choices(),
                                        band.sinkFrames())));
    }

    int layers() {
        return kinds.size(0);
    }

    int branches() {
        return kinds.size(1);
    }

    int heads() {
        return kinds.size(2);
    }

    /** What a call for {@code count} branches writes. */
    Tensor kinds(int layer, int branch, int count) {
        return kinds.get(layer).rows(branch, branch + (long) count);
    }

    int choice(int layer, int branch, int head) {
        long index = ((long) layer * branches() + branch) * heads() + head;
        return hostKinds.host().getAtIndex(ValueLayout.JAVA_INT_UNALIGNED, index);
    }
}
