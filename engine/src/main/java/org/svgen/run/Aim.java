package org.svgen.run;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.svgen.pipeline.Calibration;
import org.svgen.pipeline.Fields;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Rules;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Message;

/** Whether a request's calibration holds for the model and the settings of a run. */
final class Aim {
    private static final int SHOWN = 12;

    private final Request request;
    private final Optional<Calibration> calibration;

    Aim(Request request) {
        this.request = request;
        this.calibration = request.attention().calibration();
    }

    private boolean isTarget() {
        return request.attention().targetPsnr() > 0
                && request.attention().maxError() < Double.POSITIVE_INFINITY;
    }

    /** Whether it takes the model's hash before the run begins. */
    boolean needsHash() {
        return isTarget() && calibration.isPresent();
    }

    /**
     * @param hash of the model; empty if it is not known
     * @throws BadInputException if a target goes by the calibration of another model
     */
    void require(String hash) {
        if (needsHash() && !hash.isEmpty() && !of(hash)) {
            Calibration found = calibration.orElseThrow();
            throw new BadInputException(
                    Message.of(
                            "%s: expected one of this model (hash %s), found that of %s (hash %s) in"
                                    + " %s; the preset calibrate of svgen study makes one",
                            Fields.CALIBRATION,
                            shown(hash),
                            found.model(),
                            shown(found.modelHash()),
                            found.source()));
        }
    }

    private static String shown(String hash) {
        return hash.substring(0, Math.min(SHOWN, hash.length()));
    }

    private boolean of(String hash) {
        return calibration.map(c -> c.modelHash().equals(hash)).orElse(false);
    }

    /** What a user should know of a target, a line each. */
    List<String> notes() {
        if (!needsHash()) {
            return List.of();
        }
        Calibration by = calibration.orElseThrow();
        double target = request.attention().targetPsnr();
        List<String> differences = by.differences(request);
        if (!differences.isEmpty()) {
            return List.of(
                    "%s may be missed: %s was measured with other settings than these: %s"
                            .formatted(words(), by.source(), String.join(", ", differences)));
        }
        return target < by.lowest()
                ? List.of(
                        "%s %s is below what %s has: %.1f dB is aimed at"
                                .formatted(words(), target, by.source(), by.lowest()))
                : List.of();
    }

    private static String words() {
        return Rules.TARGET_PSNR.key().replace('_', ' ');
    }

    /** Times the receipt's error, what the true error is at most; none if nobody knows. */
    OptionalDouble boundFactor(String hash) {
        return calibration
                .filter(c -> of(hash) && c.differences(request).isEmpty())
                .flatMap(Calibration::bound)
                .map(bound -> OptionalDouble.of(bound.factor()))
                .orElse(OptionalDouble.empty());
    }
}
