package org.svgen.cli.batch;

import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;

/** A row of a batch file: what it says, by the names of its columns. */
record Row(Place place, SequencedMap<String, Cell> cells) {
    Row(Place place) {
        this(place, new LinkedHashMap<>());
    }

    Optional<Cell> cell(String key) {
        return Optional.ofNullable(cells.get(key));
    }
}
