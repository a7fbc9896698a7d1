package org.svgen.cli.batch;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.svgen.tensor.BadInputException;

/** What is wrong in a batch file: all of it is told at once, up to a limit. */
final class Mistakes {
    private static final int MOST_TOLD = 20;

    private record Mistake(Place place, String what) {}

    private final String file;
    private final List<Mistake> all = new ArrayList<>();

    Mistakes(String file) {
        this.file = file;
    }

    void add(Place place, String what) {
        all.add(new Mistake(place, what));
    }

    int count() {
        return all.size();
    }

    /**
     * Ends here if there were any.
     *
     * @throws BadInputException about the only one, or a {@link WrongRowsException} about all
     */
    void refuse() {
        List<String> lines =
                all.stream()
                        .sorted(
                                Comparator.<Mistake>comparingInt(m -> m.place.line())
                                        .thenComparingInt(m -> m.place.column()))
                        .limit(MOST_TOLD)
                        .map(m -> m.place + ": " + m.what)
                        .toList();
        if (all.size() == 1) {
            throw new BadInputException(lines.getFirst());
        }
        if (!all.isEmpty()) {
            String more =
                    all.size() > MOST_TOLD ? "; the first %d are told".formatted(MOST_TOLD) : "";
            throw new WrongRowsException(
                    "%s: %d mistakes, so nothing was made%s".formatted(file, all.size(), more),
                    lines);
        }
    }
}
