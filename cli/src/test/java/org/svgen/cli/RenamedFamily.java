package org.svgen.cli;

import java.util.List;
import java.util.Set;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.models.cogvideox.CogVideoXFamily;
import org.svgen.pipeline.Defaults;
import org.svgen.pipeline.Pictures;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.StepListener;
import org.svgen.run.Model;
import org.svgen.run.ModelFamily;
import org.svgen.run.VideoParts;
import org.svgen.schedule.Scheduler;
import org.svgen.setting.Setting;
import org.svgen.setting.Values;
import org.svgen.tensor.DType;

/** CogVideoX by another name, with a setting of each kind: two of them change the guidance. */
public final class RenamedFamily implements ModelFamily {
    static final String PIPELINE = "RenamedPipeline";

    static final Setting<Double> BOOST =
            Setting.of(
                    "toyBoost",
                    Values.numbersAbove(0, 4),
                    1.0,
                    "FACTOR",
                    "Multiply the guidance, by 100 % by default.");
    static final Setting<Boolean> HALVE =
            Setting.flag("toyHalve", false, "Halve the guidance, or not.");
    static final Setting<Integer> ROUNDS =
            Setting.of("toyRounds", Values.whole(1, 9), 1, "N", "Rounds, which are only told.");
    static final Setting<Tone> TONE =
            Setting.choice("toyTone", List.of(Tone.values()), Tone.DARK, "Is only told.");

    private final ModelFamily family = new CogVideoXFamily();

    enum Tone {
        DARK,
        LIGHT;

        @Override
        public String toString() {
            return this == DARK ? "dark" : "light";
        }
    }

    @Override
    public List<String> pipelineClasses() {
        return List.of(PIPELINE);
    }

    @Override
    public Set<String> components() {
        return family.components();
    }

    @Override
    public List<Setting<?>> settings() {
        return List.of(BOOST, HALVE, ROUNDS, TONE);
    }

    @Override
    public Model open(Checkpoint checkpoint, DType activation) {
        return new RenamedModel(family.open(checkpoint, activation));
    }

    private record RenamedModel(Model model) implements Model {
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
        public List<String> unused(Request request, Defaults defaults) {
            return model.unused(request, defaults);
        }

        @Override
        public long[] latentDims(Request request) {
            return model.latentDims(request);
        }

        @Override
        public VideoParts<?> parts(Request request, StepListener listener) {
            listener.note(
                    "toy rounds %d, tone %s".formatted(request.get(ROUNDS), request.get(TONE)));
            double factor = request.get(BOOST) * (request.get(HALVE) ? 0.5 : 1);
            return model.parts(
                    request.toBuilder().guidance(request.guidance() * factor).build(), listener);
        }

        @Override
        public void close() {
            model.close();
        }
    }
}
