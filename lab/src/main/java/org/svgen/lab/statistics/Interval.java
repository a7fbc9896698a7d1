package org.svgen.lab.statistics;

/**
 * An estimate, and where the true value is likely to lie.
 *
 * @param estimate from all data
 * @param low lower end of the interval
 * @param high upper end of the interval
 */
public record Interval(double estimate, double low, double high) {
    /** {@return whether the interval leaves zero out, so that the sign is beyond chance} */
    public boolean excludesZero() {
        return low > 0 || high < 0;
    }
}
