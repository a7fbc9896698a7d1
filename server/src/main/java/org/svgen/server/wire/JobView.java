package org.svgen.server.wire;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.svgen.server.job.Job;
import org.svgen.server.job.JobState;

/**
 * What an answer says of a job beyond its record.
 *
 * @param job as it was read
 * @param state that the answer tells of: that of the job, or an earlier one
 * @param progress from 0 to 1
 * @param position in the queue, from 1; none if it does not wait
 * @param eta seconds until its end, if that can be told
 * @param defaults of its model, which hold where it says nothing
 * @param base what the addresses of the service begin with, for this client
 */
public record JobView(
        Job job,
        JobState state,
        double progress,
        OptionalInt position,
        OptionalDouble eta,
        Map<String, Object> defaults,
        String base) {
    /** What was asked for, and what holds where nothing was. */
    Map<String, Object> settings() {
        Map<String, Object> all = new LinkedHashMap<>(job.request().settings());
        defaults.forEach(all::putIfAbsent);
        return all;
    }
}
