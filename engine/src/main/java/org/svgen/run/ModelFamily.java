package org.svgen.run;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.pipeline.Request;
import org.svgen.setting.Setting;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;

/**
 * A family of models: what its parts are. How a run goes is not its affair ({@link Generation}).
 * Found by {@link java.util.ServiceLoader}.
 */
public interface ModelFamily {
    /** {@return the pipeline classes of checkpoints that it runs, as diffusers names them} */
    List<String> pipelineClasses();

    /** {@return the components that it reads of a checkpoint; there may be others} */
    Set<String> components();

    /** {@return settings of its models that others may not have; {@link Request#get} tells them} */
    default List<Setting<?>> settings() {
        return List.of();
    }

    /** {@return how its models are told in single files; empty if they are not} */
    default Optional<FamilyFiles> files() {
        return Optional.empty();
    }

    /**
     * Reads configurations, checks every weight that runs will use, and keeps no weights.
     *
     * @param checkpoint whose pipeline class is one of the family's; stays the caller's
     * @param activation what the denoiser's large layers compute in
     * @return the model; the caller closes it, before the checkpoint
     * @throws BadInputException if a part is missing or does not fit the others
     */
    Model open(Checkpoint checkpoint, DType activation);
}
