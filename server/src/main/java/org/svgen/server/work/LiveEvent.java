package org.svgen.server.work;

import java.util.Objects;
import org.svgen.server.job.JobId;

/** What happens to a job between two of its states. */
public sealed interface LiveEvent {
    /** {@return the job} */
    JobId id();

    /**
     * The run is further.
     *
     * @param id the job
     * @param progress how far
     */
    record Progressed(JobId id, Progress progress) implements LiveEvent {
        /** Checks that none is null. */
        public Progressed {
            Objects.requireNonNull(id, "id");
            Objects.requireNonNull(progress, "progress");
        }
    }

    /**
     * There is a newer preview.
     *
     * @param id the job
     * @param step denoising steps that were done
     */
    record Previewed(JobId id, int step) implements LiveEvent {
        /** Checks that it is there. */
        public Previewed {
            Objects.requireNonNull(id, "id");
        }
    }

    /**
     * The store knows something new of the job.
     *
     * @param id the job
     */
    record Changed(JobId id) implements LiveEvent {
        /** Checks that it is there. */
        public Changed {
            Objects.requireNonNull(id, "id");
        }
    }
}
