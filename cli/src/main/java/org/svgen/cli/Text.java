package org.svgen.cli;

import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.Pictures;
import org.svgen.pipeline.Plan;
import org.svgen.pipeline.Report;
import org.svgen.pipeline.Request;

/** Values as people like to read them. */
final class Text {
    private Text() {}

    /** {@code starts from a picture (--image), may end with another (--last-image)}. */
    static String pictures(Pictures pictures) {
        String first =
                switch (pictures.first()) {
                    case REFUSED -> "starts from text alone";
                    case ALLOWED -> "starts from text alone, or from a picture (--image)";
                    case NEEDED -> "starts from a picture (--image)";
                };
        return switch (pictures.last()) {
            case REFUSED -> first;
            case ALLOWED -> first + ", may end with another (--last-image)";
            case NEEDED -> first + ", ends with another (--last-image)";
        };
    }

    /** {@code 16}, {@code 4.5}. */
    static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e9
                ? Long.toString((long) value)
                : Double.toString(value);
    }

    /** {@code 512 B}, {@code 15.2 MB}, {@code 1.30 GB}. */
    static String bytes(long bytes) {
        if (bytes < 1000) {
            return bytes + " B";
        }
        if (bytes < 1_000_000) {
            return "%.1f kB".formatted(bytes / 1e3);
        }
        return bytes < 1_000_000_000
                ? "%.1f MB".formatted(bytes / 1e6)
                : "%.2f GB".formatted(bytes / 1e9);
    }

    /** {@code 0.4 s}, {@code 90 s}, {@code 12 min}, {@code 3.5 h}. */
    static String seconds(double seconds) {
        if (seconds < 10) {
            return "%.1f s".formatted(seconds);
        }
        if (seconds < 120) {
            return "%.0f s".formatted(seconds);
        }
        return seconds < 7200
                ? "%.0f min".formatted(seconds / 60)
                : "%.1f h".formatted(seconds / 3600);
    }

    /** {@code 1 frame}, {@code 5 frames}. */
    static String some(int n, String what) {
        return "%d %s%s".formatted(n, what, n == 1 ? "" : "s");
    }

    /** {@code 248}, {@code 4.8 M}, {@code 5.6 G}. */
    static String count(long n) {
        if (n < 1_000_000) {
            return Long.toString(n);
        }
        return n < 1_000_000_000 ? "%.1f M".formatted(n / 1e6) : "%.1f G".formatted(n / 1e9);
    }

    /** {@code svg at density 0.3 (dense: first 0.25 of the steps, 1 of the layers) in fp8}. */
    static String attention(Request r) {
        AttentionSettings a = r.attention();
        String in = a.attentionDtype().eightBits() ? " in " + a.attentionDtype() : "";
        return (a.mode() == AttentionSettings.Mode.DENSE ? "dense" : sparse(a)) + in;
    }

    private static String sparse(AttentionSettings a) {
        boolean byTau = a.mode() == AttentionSettings.Mode.SOL && a.tau().isPresent();
        return "%s%s at %s (dense: first %s of the steps, %s of the layers%s)"
                .formatted(
                        a.mode(),
                        tail(a),
                        byTau
                                ? "tau " + number(a.tau().getAsDouble())
                                : "density " + number(a.density()),
                        a.denseSteps(),
                        a.denseLayers(),
                        looksAtHeads(a)
                                ? ", heads further off than " + number(a.headTolerance())
                                : "");
    }

    /** Where it is not what the mode does by itself. */
    private static String tail(AttentionSettings a) {
        boolean byItself = a.mode() == AttentionSettings.Mode.SOL;
        return a.hasTail() == byItself ? "" : a.hasTail() ? " with a tail" : " without a tail";
    }

    /** {@code 25.0 % of query-key pairs in sparse calls, 42.3 % in all}. */
    static String kept(Report report) {
        OptionalDouble sparse = report.sparseDensity();
        return sparse.isEmpty()
                ? "%.1f %% of query-key pairs".formatted(100 * report.density())
                : "%.1f %% of query-key pairs in sparse calls, %.1f %% in all"
                        .formatted(100 * sparse.getAsDouble(), 100 * report.density());
    }

    /** {@code , 20 of 50 steps reused}; empty if all were computed. */
    static String reused(Report report) {
        return report.reusedSteps() == 0
                ? ""
                : ", %d of %s reused"
                        .formatted(report.reusedSteps(), some(report.steps().size(), "step"));
    }

    /** {@code , attention error 0.065, at most 0.071}; empty if there is nothing to say. */
    static String missed(Report report) {
        double few = report.receipt().eightBits();
        boolean measured = report.receipt().error().isPresent();
        return error(report)
                + (few == 0
                        ? ""
                        : ", %.1f %% of what was kept in 8 bits%s"
                                .formatted(
                                        100 * few,
                                        measured
                                                ? ", whose rounding the error does not have"
                                                : ""));
    }

    private static String error(Report report) {
        OptionalDouble error = report.receipt().error();
        OptionalDouble bound = report.receipt().bound();
        return error.isEmpty()
                ? ""
                : ", attention error %s%s"
                        .formatted(
                                twoDigits(error.getAsDouble()),
                                bound.isEmpty()
                                        ? ""
                                        : " (at most %s)"
                                                .formatted(twoDigits(bound.getAsDouble())));
    }

    /** {@code 0.065}, {@code 0.0012}, {@code 1.2}. */
    static String twoDigits(double value) {
        return new BigDecimal(value).round(new MathContext(2)).toPlainString();
    }

    /** {@code may skip up to 27 of 50 steps}; none without a cache. */
    static Optional<String> skips(Plan.Skips skips, int steps) {
        if (skips.most() == 0) {
            return Optional.empty();
        }
        return Optional.of(
                skips.depends()
                        ? "may skip up to %d of %s".formatted(skips.most(), some(steps, "step"))
                        : "skips %d of %s".formatted(skips.most(), some(steps, "step")));
    }

    /** {@code about 3 min}; at most that, if steps may be skipped. */
    static String about(Plan.Skips skips, double seconds) {
        return skips.depends()
                ? "at most about %s, less for every skipped step".formatted(seconds(seconds))
                : "about " + seconds(seconds);
    }

    private static boolean looksAtHeads(AttentionSettings a) {
        return a.mode() == AttentionSettings.Mode.SVG && finite(a.headTolerance()) != null;
    }

    /** Null, which JSON has, for infinity, which it has not. */
    static @Nullable Double finite(double x) {
        return Double.isFinite(x) ? x : null;
    }

    static @Nullable String name(@Nullable Path path) {
        return path == null ? null : String.valueOf(path.getFileName());
    }
}
