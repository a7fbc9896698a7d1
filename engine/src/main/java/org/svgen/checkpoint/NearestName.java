package org.svgen.checkpoint;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds the name that somebody may have meant. */
public final class NearestName {
    private static final int MAX_DISTANCE = 6;
    private static final int MAX_NAME_LENGTH = 200;

    private NearestName() {}

    /** The name with the fewest edits to {@code wanted}, if six or fewer do. */
    static Optional<String> of(String wanted, Collection<String> names) {
        return of(wanted, names, MAX_DISTANCE);
    }

    /**
     * {@return the name with the fewest edits to {@code wanted}, if {@code most} or fewer do}
     *
     * @param wanted the word
     * @param names to choose from
     * @param most edits at most
     */
    public static Optional<String> of(String wanted, Collection<String> names, int most) {
        record Scored(String name, int edits) {}
        return names.stream()
                .filter(n -> Math.abs(n.length() - wanted.length()) <= most)
                .filter(n -> n.length() <= MAX_NAME_LENGTH)
                .map(n -> new Scored(n, edits(wanted, n)))
                .filter(s -> s.edits <= most)
                .min(Comparator.comparingInt(Scored::edits).thenComparing(Scored::name))
                .map(Scored::name);
    }

    /** Levenshtein distance: characters inserted, deleted or replaced. */
    private static int edits(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replace = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replace, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
