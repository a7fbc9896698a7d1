package org.svgen.server.work;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.svgen.pipeline.Calibration;
import org.svgen.pipeline.Report;
import org.svgen.pipeline.Request;

/** The receipt of a video: how far its attention was from dense attention, as clients read it. */
final class Quality {
    private static final String KINDS = "std"; // letters of heads that were looked at
    private static final int HALVINGS = 40;

    /** Heads that miss more than they put out show nothing of what dense attention would. */
    private static final double USELESS = 1;

    private Quality() {}

    static Map<String, Object> of(Request request, Report report) {
        Map<String, Object> quality = new LinkedHashMap<>();
        quality.put("attention", request.attention().mode().toString());
        quality.put("density_kept", report.density());
        double eightBits = report.receipt().eightBits();
        if (eightBits > 0) {
            quality.put("eight_bits", eightBits); // whose rounding the error does not have
        }
        quality.put("checked_heads", checkedHeads(report));
        quality.put("checked_steps", checkedSteps(report));
        OptionalDouble error = error(report.receipt());
        error.ifPresent(e -> quality.put("estimated_error", e));
        double most = request.attention().maxError();
        if (Double.isFinite(most)) {
            quality.put("max_error", most);
        }
        error.ifPresent(e ->
                calibration(request).ifPresent(c -> quality.put("psnr_estimate_db", psnr(c, e))));
        quality.put("verdict", verdict(error, most));
        return quality;
    }

    /** By rows of their own, where there are such: those that chose the bands flatter them. */
    private static OptionalDouble error(Report.Receipt receipt) {
        return receipt.audit().isPresent() ? receipt.audit() : receipt.error();
    }

    private static String verdict(OptionalDouble error, double most) {
        if (error.isEmpty()) {
            return "unchecked";
        }
        return error.getAsDouble() > Math.min(most, USELESS) ? "degraded" : "ok";
    }

    private static long checkedHeads(Report report) {
        return report.steps().stream()
                .map(Report.Step::heads)
                .flatMap(List::stream)
                .flatMapToInt(String::chars)
                .filter(letter -> KINDS.indexOf(letter) >= 0)
                .count();
    }

    private static long checkedSteps(Report report) {
        return report.steps().stream().filter(step -> step.error().isPresent()).count();
    }

    private static Optional<Calibration> calibration(Request request) {
        return request.attention().calibration().filter(c -> c.differences(request).isEmpty());
    }

    /** The PSNR whose limit of error is this error. */
    private static double psnr(Calibration calibration, double error) {
        double low = calibration.lowest();
        double high = calibration.highest();
        for (int i = 0; i < HALVINGS; i++) {
            double middle = (low + high) / 2;
            if (calibration.maxErrorFor(middle) > error) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
