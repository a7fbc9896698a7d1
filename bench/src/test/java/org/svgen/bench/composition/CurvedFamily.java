package org.svgen.bench.composition;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.svgen.cache.TeaCurve;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.pipeline.Defaults;
import org.svgen.pipeline.Pictures;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.StepListener;
import org.svgen.run.Model;
import org.svgen.run.ModelCaches;
import org.svgen.run.ModelFamily;
import org.svgen.run.VideoParts;
import org.svgen.schedule.Scheduler;
import org.svgen.setting.Setting;
import org.svgen.tensor.DType;

/** A family whose tiny models have coefficients of TeaCache, as large ones do. */
record CurvedFamily(ModelFamily family) implements ModelFamily {
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
        return new Curved(family.open(checkpoint, activation));
    }

    private record Curved(Model model) implements Model {
        @Override
        public ModelCaches caches() {
            return ModelCaches.inside(0.1, Optional.of(new TeaCurve("tiny", 1, List.of(1.0, 0.0))));
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
            return model.scheduler(request);
        }

        @Override
        public long[] latentDims(Request request) {
            return model.latentDims(request);
        }

        @Override
        public List<String> unused(Request request, Defaults defaults) {
            return model.unused(request, defaults);
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
}
