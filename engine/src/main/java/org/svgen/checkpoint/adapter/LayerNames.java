package org.svgen.checkpoint.adapter;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.svgen.checkpoint.StoredWeights;
import org.svgen.checkpoint.single.Layout;
import org.svgen.checkpoint.single.NameTable;
import org.svgen.checkpoint.single.PartNames;
import org.svgen.checkpoint.single.Piece;
import org.svgen.tensor.Shape;

/** What adapters call the layers of a component: as diffusers does, or as the makers do. */
final class LayerNames {
    private final Map<String, Shape> weights = new LinkedHashMap<>();
    private final Map<String, String> byUnderscores = new HashMap<>();
    private final List<NameTable> tables;

    LayerNames(PartNames names, StoredWeights model) {
        for (String name : model.names()) {
            weights.put(name, model.find(name, Shape.of(1)).orElseThrow().shape());
            byUnderscores.put(name.replace('.', '_'), name);
        }
        tables = names.layouts().stream().map(Layout::table).map(t -> t.apply(weights)).toList();
    }

    /** True if a layer has a name that such a component may have, whatever its sizes are. */
    static boolean mayBeOf(AdapterKey key, PartNames names) {
        String end = key.underscored() ? "_weight" : ".weight";
        return names.layouts().stream()
                .map(layout -> layout.table().apply(Map.of()))
                .filter(NameTable::tells)
                .anyMatch(table ->
                        table.speaksOf(key.layer() + end, key.underscored())
                                || table.speaksOf(key.layer(), key.underscored()));
    }

    Shape shape(StoredWeights model, String weight) {
        return weights.getOrDefault(weight, Shape.of(0));
    }

    /** The weights that a layer has in the model; none if it has no such layer. */
    List<Piece> pieces(AdapterKey key, String end, long rows) {
        String name = key.underscored() ? key.layer() + end.replace('.', '_') : key.layer() + end;
        String own = key.underscored() ? byUnderscores.get(name) : name;
        if (own != null && weights.containsKey(own)) {
            return List.of(Piece.whole(own));
        }
        for (NameTable table : tables) {
            List<Piece> pieces =
                    key.underscored()
                            ? table.underscored(name, rows)
                            : table.pieces(name, Shape.of(rows, 1));
            if (!pieces.isEmpty() && pieces.stream().allMatch(p -> weights.containsKey(p.name()))) {
                return pieces;
            }
        }
        // A parameter by itself, such as a modulation, has no word for weight in its name.
        return end.isEmpty() || !end.equals(".weight") ? List.of() : pieces(key, "", rows);
    }
}
