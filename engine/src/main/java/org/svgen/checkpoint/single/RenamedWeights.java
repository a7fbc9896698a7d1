package org.svgen.checkpoint.single;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.svgen.checkpoint.StoredWeight;
import org.svgen.checkpoint.StoredWeights;
import org.svgen.checkpoint.Untrusted;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Shape;

/**
 * Weights that their file calls otherwise, or keeps several of in one tensor.
 *
 * @param stored by the names of the file
 * @param origins by the names of the model
 */
record RenamedWeights(StoredWeights stored, Map<String, Origin> origins) implements StoredWeights {
    /**
     * Where a weight is.
     *
     * @param tensor its name in the file
     * @param shape of the tensor
     * @param piece of the tensor
     */
    record Origin(String tensor, Shape shape, Piece piece) {}

    /**
     * @param prefix of the names in the file
     * @param tensors without that prefix
     * @param what the component is called, for messages
     * @throws BadInputException if a tensor is no weight of such a component, or two are the same
     */
    static RenamedWeights of(
            StoredWeights stored,
            String prefix,
            Map<String, Shape> tensors,
            NameTable table,
            String what) {
        Map<String, Origin> origins = new LinkedHashMap<>();
        List<String> unknown = new ArrayList<>();
        tensors.forEach((name, shape) -> {
            if (!table.knows(name)) {
                unknown.add(name);
            }
            for (Piece piece : table.pieces(name, shape)) {
                if (!piece.divides(shape)) {
                    throw new BadInputException(
                            "%s: tensor %s: expected rows in %d even parts, found shape %s"
                                    .formatted(
                                            stored.place(prefix + name),
                                            Untrusted.quoted(prefix + name),
                                            piece.parts(),
                                            shape));
                }
                Origin origin = new Origin(prefix + name, shape, piece);
                Origin other = origins.put(piece.name(), origin);
                if (other != null) {
                    throw new BadInputException(
                            "%s: tensors %s and %s: expected one, since both are %s"
                                    .formatted(
                                            stored.place(prefix + name),
                                            Untrusted.quoted(other.tensor),
                                            Untrusted.quoted(prefix + name),
                                            piece.name()));
                }
            }
        });
        if (!unknown.isEmpty()) {
            String first = unknown.getFirst();
            throw new BadInputException(
                    "%s: tensor %s: expected weights of %s alone, found %s that it does not have: a kind of model that is not supported"
                            .formatted(
                                    stored.place(prefix + first),
                                    Untrusted.quoted(prefix + first),
                                    what,
                                    unknown.size() == 1 ? "one" : unknown.size()));
        }
        return new RenamedWeights(stored, Collections.unmodifiableMap(origins));
    }

    /** Dimensions by the names of the model. */
    Map<String, Shape> shapes() {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        origins.forEach((name, origin) -> shapes.put(name, origin.piece.shape(origin.shape)));
        return shapes;
    }

    @Override
    public Set<String> names() {
        return origins.keySet();
    }

    @Override
    public boolean has(String name) {
        return origins.containsKey(name);
    }

    @Override
    public Optional<StoredWeight> find(String name, Shape shape) {
        Origin origin = origins.get(name);
        return origin == null
                ? Optional.empty()
                : stored.find(origin.tensor, origin.shape).map(origin.piece::of);
    }

    @Override
    public String place(String name) {
        Origin origin = origins.get(name);
        if (origin == null) {
            return stored.place(name);
        }
        String place = stored.place(origin.tensor);
        return origin.tensor.equals(name)
                ? place
                : "%s, in %s".formatted(place, Untrusted.quoted(origin.tensor));
    }
}
