package org.svgen.checkpoint;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.svgen.tensor.ClosedException;

/** The files of a model's weights that are open; those of each component are opened once. */
final class OpenFiles implements AutoCloseable {
    private ModelSpec spec;
    private final Function<String, SafeTensors> opener;
    private final Map<String, SafeTensors> inside = new LinkedHashMap<>();
    private final Map<String, PartFile.Open> outside = new LinkedHashMap<>();
    private final List<AdapterFile.Open> adapters = new ArrayList<>();
    private boolean closed;

    /**
     * @param opener opens a component within the model's folder
     */
    OpenFiles(ModelSpec spec, Function<String, SafeTensors> opener) {
        this.spec = spec;
        this.opener = opener;
    }

    /**
     * A component within the model's folder.
     *
     * @throws ClosedException if this is closed
     */
    synchronized SafeTensors tensors(String component) {
        requireOpen();
        return inside.computeIfAbsent(component, opener);
    }

    /**
     * A component that lies elsewhere.
     *
     * @throws ClosedException if this is closed
     */
    synchronized PartFile.Open part(String component) {
        requireOpen();
        return outside.computeIfAbsent(
                component, name -> Objects.requireNonNull(spec.parts().get(name)).open());
    }

    /** The weights of a component with all adapters, which are opened for the first. */
    synchronized StoredWeights merged(String component, StoredWeights stored) {
        requireOpen();
        StoredWeights merged = stored;
        for (int i = 0; i < spec.adapters().size(); i++) {
            if (i == adapters.size()) {
                adapters.add(spec.adapters().get(i).open());
            }
            merged = adapters.get(i).merged(component, merged);
        }
        return merged;
    }

    /**
     * Takes other adapters. Files that stay are open once, as before; if one of the others does not
     * fit, all is as it was.
     *
     * @param to the same model with other adapters
     * @param unadapted the weights of a component without adapters
     */
    synchronized void adapt(ModelSpec to, Function<String, StoredWeights> unadapted) {
        requireOpen();
        List<AdapterFile.Open> next = new ArrayList<>();
        List<AdapterFile.Open> fresh = new ArrayList<>();
        Set<String> components = new LinkedHashSet<>();
        try {
            for (AdapterFile adapter : to.adapters()) {
                int at = spec.adapters().indexOf(adapter);
                boolean stays = at >= 0 && at < adapters.size();
                AdapterFile.Open open = stays ? adapters.get(at) : adapter.open();
                if (!stays) {
                    fresh.add(open);
                }
                next.add(open);
                components.addAll(adapter.components());
            }
            for (String component : components) {
                StoredWeights merged = unadapted.apply(component);
                for (AdapterFile.Open open : next) {
                    merged = open.merged(component, merged);
                }
            }
        } catch (RuntimeException e) {
            fresh.forEach(AdapterFile.Open::close);
            throw e;
        }
        adapters.stream().filter(open -> !next.contains(open)).forEach(AdapterFile.Open::close);
        adapters.clear();
        adapters.addAll(next);
        spec = to;
    }

    private void requireOpen() {
        if (closed) {
            throw new ClosedException("model " + spec.name());
        }
    }

    /** What a user should know of adapters that were merged. */
    synchronized List<String> notes() {
        return adapters.stream().flatMap(adapter -> adapter.notes().stream()).toList();
    }

    synchronized List<String> changes() {
        return Stream.of(
                        inside.values().stream().map(SafeTensors::changes),
                        outside.values().stream().map(PartFile.Open::changes),
                        adapters.stream().map(AdapterFile.Open::changes))
                .flatMap(all -> all)
                .flatMap(List::stream)
                .distinct()
                .toList();
    }

    synchronized void requireInPlace() {
        inside.values().forEach(SafeTensors::requireInPlace);
        outside.values().forEach(PartFile.Open::requireInPlace);
        adapters.forEach(AdapterFile.Open::requireInPlace);
    }

    @Override
    public synchronized void close() {
        closed = true;
        inside.values().forEach(SafeTensors::close);
        inside.clear();
        outside.values().forEach(PartFile.Open::close);
        outside.clear();
        adapters.forEach(AdapterFile.Open::close);
        adapters.clear();
    }
}
