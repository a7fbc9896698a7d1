package org.svgen.cli.service;

import java.util.Arrays;
import java.util.Locale;

/** Prints what was measured, a line for each figure, and keeps whether all is as it should be. */
final class LoadTable {
    private int wrong;

    LoadTable() {
        print("what", "measured", "wanted", "");
    }

    private static void print(String what, String measured, String wanted, String verdict) {
        System.out.println(
                "%-52s %-28s %-12s %s".formatted(what, measured, wanted, verdict).stripTrailing());
    }

    void say(String what, Object measured) {
        print(what, text(measured), "", "");
    }

    void atMost(String what, double measured, double most) {
        holds(what, text(measured), "<= " + text(most), measured <= most);
    }

    void holds(String what, Object measured, String wanted, boolean right) {
        wrong += right ? 0 : 1;
        print(what, text(measured), wanted, right ? "ok" : "MISSED");
    }

    /** {@return how many figures are not as they should be} */
    int wrong() {
        return wrong;
    }

    private static String text(Object value) {
        return value instanceof Double number
                ? String.format(Locale.ROOT, number < 10 ? "%.2f" : "%.1f", number)
                : value.toString();
    }

    /**
     * {@return the value that a part of all does not exceed}
     *
     * @param part 0.5 for the median
     */
    static double quantile(double[] values, double part) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[Math.max(0, (int) Math.ceil(sorted.length * part) - 1)];
    }
}
