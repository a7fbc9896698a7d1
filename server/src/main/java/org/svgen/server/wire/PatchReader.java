package org.svgen.server.wire;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.svgen.server.job.JobId;
import org.svgen.server.store.Patch;

/** Reads how a job is to be changed. */
public final class PatchReader {
    private static final String BEFORE = "before";
    private static final String AFTER = "after";

    private PatchReader() {}

    /**
     * What a request asks for.
     *
     * @param patch for the store
     * @param moveField the field that names the other job
     */
    public record Read(Patch patch, String moveField) {}

    /**
     * {@return what a body asks for}
     *
     * @param body of the request
     * @throws Refusal naming the first field that is wrong
     */
    public static Read read(Body body) {
        Map<String, GivenValue> given = new LinkedHashMap<>();
        body.fields().forEach((name, value) -> given.put(name, new GivenValue(name, value)));
        Optional<GivenValue> priority = Optional.ofNullable(given.remove("priority"));
        Optional<GivenValue> metadata = Optional.ofNullable(given.remove("metadata"));
        Optional<GivenValue> before = Optional.ofNullable(given.remove(BEFORE));
        Optional<GivenValue> after = Optional.ofNullable(given.remove(AFTER));
        given.values()
                .forEach(value -> {
                    throw new Refusal(
                            Problem.value(
                                    value.sent(), value.sent() + ": no such field can be changed"));
                });
        if (before.isPresent() && after.isPresent()) {
            throw new Refusal(Problem.value(AFTER, "after: before is there, too"));
        }
        Optional<Patch.Move> move =
                before.or(() -> after).map(other -> new Patch.Move(id(other), before.isPresent()));
        Patch patch =
                new Patch(
                        priority.map(value -> OptionalInt.of(value.whole(-10, 10)))
                                .orElseGet(OptionalInt::empty),
                        move,
                        metadata.map(Metadata::of));
        return new Read(patch, before.isPresent() ? BEFORE : AFTER);
    }

    private static JobId id(GivenValue other) {
        return JobId.parse(other.text()).orElseThrow(() -> other.wrong("the id of a video"));
    }
}
