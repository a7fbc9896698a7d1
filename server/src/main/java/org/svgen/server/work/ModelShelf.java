package org.svgen.server.work;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.svgen.pipeline.Plan;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.TooLargeException;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.device.Backend;

/**
 * The models that a device has at hand. Each keeps its weights on the device between runs; if
 * another needs the room, those that were not used for longest give theirs up. Used by one thread.
 */
final class ModelShelf implements AutoCloseable {
    private final Backend device;
    private final long limit;
    private final Map<String, ModelSource> sources = new LinkedHashMap<>();
    private final Map<String, VideoPipeline> open = new LinkedHashMap<>(); // oldest use first

    /**
     * @param device computes
     * @param limit bytes of it to use at most
     */
    ModelShelf(Backend device, List<ModelSource> models, long limit) {
        this.device = device;
        this.limit = limit;
        models.forEach(model -> sources.put(model.name(), model));
    }

    /**
     * Opens all models.
     *
     * @throws BadInputException if one cannot be run
     */
    void openAll() {
        sources.keySet().forEach(this::use);
    }

    /** A model, which counts as used. */
    VideoPipeline use(String name) {
        VideoPipeline pipeline = open.remove(name);
        if (pipeline == null) {
            ModelSource source = sources.get(name);
            if (source == null) {
                throw new BadInputException("there is no model " + name + " here");
            }
            pipeline = source.session(device);
        }
        open.put(name, pipeline);
        return pipeline;
    }

    Set<String> names() {
        return Set.copyOf(sources.keySet());
    }

    /**
     * How a run will go. Weights of other models are freed if that leaves more of this one's on the
     * device.
     *
     * @param most bytes of the device to use at most
     * @throws BadInputException if it finds no room even so
     */
    Plan plan(String name, Request request, long most) {
        VideoPipeline pipeline = use(name);
        while (true) {
            try {
                Plan plan = pipeline.plan(request, Math.min(most, limit));
                if (device.readsHost() || !streams(plan) || !freeOther(name)) {
                    return plan;
                }
            } catch (TooLargeException e) {
                if (!freeOther(name)) {
                    throw e;
                }
            }
        }
    }

    private static boolean streams(Plan plan) {
        return plan.stages().stream().anyMatch(stage -> stage.stream().count() > 0);
    }

    /** Frees the weights of the model that was not used for longest, but for one. */
    private boolean freeOther(String kept) {
        for (String name : List.copyOf(open.keySet())) {
            if (!name.equals(kept)) {
                Objects.requireNonNull(open.remove(name)).close();
                return true;
            }
        }
        return false;
    }

    /** Frees all weights; models open again when they are used. */
    void free() {
        List<VideoPipeline> all = new ArrayList<>(open.values());
        open.clear();
        all.forEach(VideoPipeline::close);
    }

    @Override
    public void close() {
        free();
    }
}
