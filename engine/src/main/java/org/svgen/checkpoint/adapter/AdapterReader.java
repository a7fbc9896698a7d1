package org.svgen.checkpoint.adapter;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.HostTensor;
import org.svgen.checkpoint.StoredWeight;
import org.svgen.checkpoint.StoredWeights;
import org.svgen.checkpoint.Untrusted;
import org.svgen.checkpoint.adapter.AdapterKey.Part;
import org.svgen.checkpoint.single.Piece;
import org.svgen.checkpoint.single.TensorFile;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Shape;

/** Finds out what an adapter changes of the weights of a component. */
final class AdapterReader {
    private static final int MAX_NAMED = 3;

    private final TensorFile file;
    private final StoredWeights model;
    private final LayerNames layers;
    private final Alphas alphas;
    private final Map<String, List<Change>> changes = new LinkedHashMap<>();
    private final List<String> unmatched = new ArrayList<>();

    /**
     * @param model the weights of the component
     * @param layers what the adapter may call its layers
     */
    AdapterReader(TensorFile file, StoredWeights model, LayerNames layers) {
        this.file = file;
        this.model = model;
        this.layers = layers;
        this.alphas = Alphas.of(file);
    }

    /**
     * Changes by the names of the weights.
     *
     * @param lenient leaves out what is about nothing that the model has
     * @throws BadInputException if the adapter is made for other weights
     */
    Map<String, List<Change>> read(boolean lenient) {
        Map<String, Map<Part, AdapterKey>> byLayer = new LinkedHashMap<>();
        for (String name : file.shapes().keySet()) {
            Optional<AdapterKey> key = AdapterKey.of(name);
            key.ifPresentOrElse(
                    k ->
                            byLayer.computeIfAbsent(k.layer(), _ -> new EnumMap<>(Part.class))
                                    .put(k.part(), k),
                    () -> unmatched.add(name));
        }
        byLayer.forEach(this::layer);
        if (changes.isEmpty() || !unmatched.isEmpty() && !lenient) {
            throw new BadInputException(
                    "%s: expected an adapter for this model, found %d of %d tensors that change nothing of it: %s%s"
                            .formatted(
                                    file.path(),
                                    unmatched.size(),
                                    file.shapes().size(),
                                    unmatched.stream()
                                            .limit(MAX_NAMED)
                                            .map(Untrusted::quoted)
                                            .collect(Collectors.joining(", ")),
                                    (unmatched.size() > MAX_NAMED ? ", ..." : "")
                                            + OtherFile.told(unmatched, changes.isEmpty())
                                                    .map(told -> "; " + told)
                                                    .orElse("")));
        }
        return changes;
    }

    private void layer(String layer, Map<Part, AdapterKey> parts) {
        AdapterKey down = parts.get(Part.DOWN);
        AdapterKey up = parts.get(Part.UP);
        AdapterKey any = parts.values().iterator().next();
        boolean matched = true;
        if (down != null || up != null) {
            if (down == null || up == null) {
                throw wrong(
                        (down == null ? any : down).tensor(),
                        "expected both matrices of %s, found one"
                                .formatted(Untrusted.quoted(layer)));
            }
            matched = product(down, up, parts.get(Part.ALPHA));
        }
        matched &= difference(parts.get(Part.DIFFERENCE), ".weight");
        matched &= difference(parts.get(Part.BIAS), ".bias");
        if (!matched || parts.size() == 1 && any.part() == Part.ALPHA) {
            parts.values().forEach(key -> unmatched.add(key.tensor()));
        }
    }

    private boolean product(AdapterKey down, AdapterKey up, @Nullable AdapterKey alpha) {
        HostTensor a = matrix(down);
        HostTensor b = matrix(up);
        int rank = a.rows();
        long of = b.shape().elements() / Math.max(1, b.rows());
        if (of != rank) {
            throw wrong(
                    up.tensor(),
                    "expected %d columns, the rank that %s has rows, found shape %s"
                            .formatted(rank, Untrusted.quoted(down.tensor()), b.shape()));
        }
        double scale =
                alpha == null
                        ? alphas.scale(down.layer(), rank)
                        : number(alpha) / Math.max(1, rank);
        Change.Rows rows = new Change.Rows(a);
        List<Piece> pieces = layers.pieces(down, ".weight", b.rows());
        for (Piece piece : pieces) {
            Shape weight = shape(piece.name());
            long columns = weight.elements() / Math.max(1, weight.size(0));
            boolean fits =
                    piece.divides(b.shape())
                            && piece.shape(b.shape()).size(0) == weight.size(0)
                            && a.shape().elements() / Math.max(1, rank) == columns;
            if (!fits) {
                throw wrong(
                        up.tensor(),
                        "expected a product that fits %s %s, found %s of %s and %s"
                                .formatted(
                                        piece.name(),
                                        weight,
                                        pieces.size() == 1 ? "that" : "a part",
                                        b.shape(),
                                        a.shape()));
            }
            put(piece.name(), new Change.Product(piece.part(b), rows, scale));
        }
        return !pieces.isEmpty();
    }

    private boolean difference(@Nullable AdapterKey key, String end) {
        if (key == null) {
            return true;
        }
        HostTensor numbers = matrix(key);
        long rows = numbers.shape().rank() == 0 ? 1 : numbers.shape().size(0);
        List<Piece> pieces = layers.pieces(key, end, rows);
        for (Piece piece : pieces) {
            Shape weight = shape(piece.name());
            if (!piece.divides(numbers.shape()) || !piece.shape(numbers.shape()).equals(weight)) {
                throw wrong(
                        key.tensor(),
                        "expected as many numbers as %s %s has, found shape %s"
                                .formatted(piece.name(), weight, numbers.shape()));
            }
            put(piece.name(), new Change.Difference(piece.part(numbers)));
        }
        return !pieces.isEmpty();
    }

    private void put(String weight, Change change) {
        changes.computeIfAbsent(weight, _ -> new ArrayList<>()).add(change);
    }

    private HostTensor matrix(AdapterKey key) {
        Shape shape = file.shapes().get(key.tensor());
        StoredWeight found =
                file.weights()
                        .find(key.tensor(), shape == null ? Shape.of() : shape)
                        .orElseThrow(() -> wrong(key.tensor(), "it is missing"));
        return switch (found.values().dtype()) {
            case F32, F16, BF16 -> found.values();
            default ->
                    throw wrong(
                            key.tensor(),
                            "expected f32, f16 or bf16, found " + found.values().dtype());
        };
    }

    private double number(AdapterKey key) {
        HostTensor tensor = matrix(key);
        if (tensor.shape().elements() != 1) {
            throw wrong(key.tensor(), "expected one number, found shape " + tensor.shape());
        }
        return tensor.row(0)[0];
    }

    private Shape shape(String weight) {
        return layers.shape(model, weight);
    }

    private BadInputException wrong(String tensor, String what) {
        return new BadInputException(
                "%s: tensor %s: %s".formatted(file.path(), Untrusted.quoted(tensor), what));
    }
}
