package org.svgen.hub;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.ModelSpec;
import org.svgen.files.Scratch;
import org.svgen.tensor.BadInputException;

/**
 * What a plan needs of a model on the hub: configs, tokenizers and, of weights, the headers. It
 * lies in a folder for temporary files until it is closed; the cache is read, not written.
 */
public final class ModelPreview implements AutoCloseable {
    private final PullPlan plan;
    private final Scratch scratch;
    private final Path folder;

    ModelPreview(PullPlan plan, Scratch scratch, Path folder) {
        this.plan = plan;
        this.scratch = scratch;
        this.folder = folder;
    }

    /** {@return what {@link Hub#pull} would do} */
    public PullPlan plan() {
        return plan;
    }

    /**
     * {@return where the files are, by whose name a model is called as it would be in the cache}
     */
    public Path folder() {
        return folder;
    }

    /**
     * {@return the model, to plan with and not to compute} The caller closes it before the preview.
     *
     * @throws BadInputException if its index is malformed
     */
    public Checkpoint open() {
        return open(ModelSpec.of(folder));
    }

    /**
     * {@return the same with parts and adapters that are here}
     *
     * @param spec of the preview's folder
     */
    public Checkpoint open(ModelSpec spec) {
        Map<String, Long> sizes = new LinkedHashMap<>();
        for (PullPlan.File file : plan.files()) {
            if (file.isWeights()) {
                sizes.put(file.name(), file.size());
            }
        }
        return Checkpoint.open(
                ModelSpec.headers(folder, sizes).with(spec.parts()).with(spec.adapters()));
    }

    /**
     * {@return what {@code work} gives}
     *
     * @param <T> what the work gives
     * @param work says what is known of the model
     * @throws BadInputException that {@code work} threw, with the model named in place of a folder
     *     that is gone when somebody reads it
     */
    public <T> T named(Supplier<T> work) {
        try {
            return work.get();
        } catch (BadInputException e) {
            String text = String.valueOf(e.getMessage());
            throw text.contains(folder.toString())
                    ? new BadInputException(text.replace(folder.toString(), plan.id().repo()), e)
                    : e;
        }
    }

    @Override
    public void close() {
        scratch.close();
    }
}
