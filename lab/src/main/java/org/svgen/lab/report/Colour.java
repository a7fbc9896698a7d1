package org.svgen.lab.report;

import java.util.List;
import java.util.Locale;

/**
 * Colours of plots. Each has the value for white paper; the style sheet gives it another on dark
 * screens, by its name. Those of methods follow Okabe and Ito, darker where white would swallow
 * them; each method has a shape and its name beside it as well.
 */
enum Colour {
    INK("#1b1f24"),
    MUTED("#5b636d"),
    GRID("#dfe3e8"),
    S1("#0072b2"),
    S2("#d05200"),
    S3("#007f5f"),
    S4("#b5478a"),
    S5("#916200"),
    S6("#5c4ac2"),
    S7("#2784bd"),
    S8("#7a3b1d");

    private static final List<Colour> SERIES = List.of(S1, S2, S3, S4, S5, S6, S7, S8);

    private final String onWhite;

    Colour(String onWhite) {
        this.onWhite = onWhite;
    }

    /** {@return as CSS has it, on white} */
    String onWhite() {
        return onWhite;
    }

    /** {@return the name in the style sheet} */
    String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** {@return of the i-th series, from 0} */
    static Colour series(int i) {
        return SERIES.get(i % SERIES.size());
    }
}
