package org.svgen.server.http;

import java.util.Optional;
import org.svgen.server.job.Job;
import org.svgen.server.job.JobId;
import org.svgen.server.keys.Caller;
import org.svgen.server.keys.Scope;
import org.svgen.server.store.JobStore;

/** The jobs that a caller may see; others are as if they were not there. */
record Jobs(JobStore store) {
    /**
     * {@return the job that the path names}
     *
     * @throws org.svgen.server.wire.Refusal 404 if there is none for this caller
     */
    Job of(Call call) {
        return find(call.job(), call.caller()).orElseThrow(Call::noSuchVideo);
    }

    Optional<Job> find(JobId id, Caller caller) {
        return store.find(id).filter(job -> caller.sees(job.owner()));
    }

    /** Whose jobs a caller sees; none for those of all. */
    static Optional<String> owner(Caller caller) {
        return caller.may(Scope.ADMIN) ? Optional.empty() : Optional.of(caller.name());
    }
}
