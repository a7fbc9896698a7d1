package org.svgen.models;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.pipeline.Defaults;
import org.svgen.pipeline.Pictures;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.StepListener;
import org.svgen.run.Model;
import org.svgen.run.ModelCaches;
import org.svgen.run.ModelFamily;
import org.svgen.run.VideoParts;
import org.svgen.schedule.CleanSample;
import org.svgen.schedule.Noise;
import org.svgen.schedule.NoiseLevel;
import org.svgen.schedule.Sampler;
import org.svgen.schedule.Scheduler;
import org.svgen.setting.Setting;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;

/**
 * A family whose latents are written down behind each step.
 *
 * @param caches what is known of its caches, if not what the family says
 * @param latents takes them
 */
public record RecordedFamily(
        ModelFamily family, Optional<ModelCaches> caches, List<float[]> latents)
        implements ModelFamily {
    /** With the caches that it has. */
    public RecordedFamily(ModelFamily family) {
        this(family, Optional.empty(), new ArrayList<>());
    }

    @Override
    public List<String> pipelineClasses() {
        return family.pipelineClasses();
    }

    @Override
    public Set<String> components() {
        return family.components();
    }

    @Override
    public List<Setting<?>> settings() {
        return family.settings();
    }

    @Override
    public Model open(Checkpoint checkpoint, DType activation) {
        return new RecordedModel(family.open(checkpoint, activation), caches, latents);
    }

    private record RecordedModel(Model model, Optional<ModelCaches> others, List<float[]> latents)
            implements Model {
        @Override
        public ModelCaches caches() {
            return others.orElseGet(model::caches);
        }

        @Override
        public Defaults defaults() {
            return model.defaults();
        }

        @Override
        public int headDim() {
            return model.headDim();
        }

        @Override
        public Pictures pictures() {
            return model.pictures();
        }

        @Override
        public Scheduler scheduler() {
            return model.scheduler();
        }

        @Override
        public Scheduler scheduler(Request request) {
            return new RecordedScheduler(model.scheduler(request), latents);
        }

        @Override
        public long[] latentDims(Request request) {
            return model.latentDims(request);
        }

        @Override
        public VideoParts<?> parts(Request request, StepListener listener) {
            return model.parts(request, listener);
        }

        @Override
        public void close() {
            model.close();
        }
    }

    private record RecordedScheduler(Scheduler scheduler, List<float[]> latents)
            implements Scheduler {
        @Override
        public int trainTimesteps() {
            return scheduler.trainTimesteps();
        }

        @Override
        public double[] timesteps(int steps) {
            return scheduler.timesteps(steps);
        }

        @Override
        public boolean shifts() {
            return scheduler.shifts();
        }

        @Override
        public CleanSample cleanSample(int steps, int index) {
            return scheduler.cleanSample(steps, index);
        }

        @Override
        public NoiseLevel noise(int steps, int index) {
            return scheduler.noise(steps, index);
        }

        @Override
        public Sampler begin(Workspace workspace, int steps, long elements) {
            Sampler sampler = scheduler.begin(workspace, steps, elements);
            return new Sampler() {
                @Override
                public void step(int index, Tensor output, Tensor sample, Noise noise) {
                    sampler.step(index, output, sample, noise);
                    try (Arena arena = Arena.ofShared()) {
                        float[] made = workspace.toHost(sample, arena).toFloats();
                        while (latents.size() <= index) {
                            latents.add(new float[0]);
                        }
                        latents.set(index, made); // a plan takes the same steps before
                    }
                }

                @Override
                public List<Tensor> memory() {
                    return sampler.memory();
                }
            };
        }
    }
}
