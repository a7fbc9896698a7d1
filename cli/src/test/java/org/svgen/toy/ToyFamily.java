package org.svgen.toy;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.WeightCount;
import org.svgen.checkpoint.WeightMemory;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.Defaults;
import org.svgen.pipeline.Pictures;
import org.svgen.pipeline.Plan;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Sampling;
import org.svgen.pipeline.StepListener;
import org.svgen.pipeline.VideoSize;
import org.svgen.run.Encoding;
import org.svgen.run.Expert;
import org.svgen.run.FirstFrame;
import org.svgen.run.Model;
import org.svgen.run.ModelFamily;
import org.svgen.run.Requests;
import org.svgen.run.VideoParts;
import org.svgen.schedule.Scheduler;
import org.svgen.schedule.Schedulers;
import org.svgen.setting.Setting;
import org.svgen.setting.Values;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.vae.VideoDecoder;

/** Two experts and a picture to start from; the letters of the prompt are its encoding. */
public final class ToyFamily implements ModelFamily {
    @Override
    public List<String> pipelineClasses() {
        return List.of("ToyPipeline");
    }

    @Override
    public Set<String> components() {
        return Set.of("scheduler", "transformer", "transformer_2", "vae");
    }

    static final Setting<Double> PICTURE =
            Setting.of("toyPicture", Values.numbers(0, 10), 1.0, "N", "Weight of the picture.");

    @Override
    public List<Setting<?>> settings() {
        return List.of(PICTURE);
    }

    @Override
    public Model open(Checkpoint checkpoint, DType activation) {
        Scheduler scheduler = Schedulers.load(checkpoint.config("scheduler"));
        double boundary = checkpoint.index().numberIn("boundary_ratio", 0, 1);
        ToyModel model = new ToyModel(checkpoint, activation, scheduler, boundary);
        List.of("transformer", "transformer_2").forEach(e -> model.expert(e, new WeightCount()));
        model.vae(new WeightCount());
        return model;
    }

    record ToyModel(Checkpoint checkpoint, DType activation, Scheduler scheduler, double boundary)
            implements Model {
        ToyNetwork expert(String name, WeightMemory memory) {
            return ToyNetwork.load(
                    checkpoint.config(name), checkpoint.weights(name, memory, activation));
        }

        ToyVae vae(WeightMemory memory) {
            return ToyVae.load(checkpoint.weights("vae", memory, activation));
        }

        @Override
        public Defaults defaults() {
            return Defaults.of(
                    new VideoSize(64, 48, 9, 8), Sampling.of(4, 2), AttentionSettings.DEFAULT);
        }

        @Override
        public int headDim() {
            return 8;
        }

        @Override
        public Pictures pictures() {
            return Pictures.FIRST;
        }

        @Override
        public long[] latentDims(Request r) {
            Requests.requireSize(r, 8, 4);
            return new long[] {1, 4, (r.frames() - 1) / 4 + 1, r.height() / 8, r.width() / 8};
        }

        @Override
        public VideoParts<?> parts(Request request, StepListener listener) {
            return new ToyVideo(this, request, latentDims(request));
        }
    }

    /** Told how red the picture is and how often each letter is in the prompt: F32 [1, C]. */
    record ToyVideo(ToyModel model, Request request, long[] latentDims)
            implements VideoParts<Tensor> {
        @Override
        public Plan.Tokens tokens() {
            return new Plan.Tokens((int) (latentDims[2] * latentDims[3] * latentDims[4]), 0, 2);
        }

        @Override
        public Tensor condition(Encoding e) {
            Tensor pixel = FirstFrame.of(request.image(), 1, 1, e.host(), e.listener());
            float[] told = new float[ToyNetwork.WIDTH];
            request.prompt().chars().forEach(c -> told[c % told.length] += 0.1f);
            told[0] += (float) (request.settings().get(PICTURE) * pixel.toFloats()[0]);
            return Tensor.of(e.host(), told, 1, told.length);
        }

        @Override
        public List<Expert<Tensor, ?>> experts(double[] timesteps) {
            double boundary = model.boundary() * model.scheduler().trainTimesteps();
            int high = (int) Arrays.stream(timesteps).filter(t -> t >= boundary).count();
            return List.of(
                    expert("high noise", "transformer", 0, high, 1),
                    expert("low noise", "transformer_2", high, timesteps.length, 0.5));
        }

        private Expert<Tensor, ToyNetwork> expert(
                String label, String component, int from, int to, double factor) {
            return new Expert<>(
                    label,
                    from,
                    to,
                    weights -> model.expert(component, weights),
                    (network, workspace, told) ->
                            network.denoiser(
                                    workspace, told, request.guidance() * factor, latentDims));
        }

        @Override
        public VideoDecoder decoder(WeightMemory weights) {
            return model.vae(weights);
        }

        @Override
        public Tensor decodable(Workspace workspace, Tensor latents) {
            Tensor z =
                    workspace.allocate(DType.F32, latentDims[2], latentDims[3], latentDims[4], 4);
            workspace.ops().permute(workspace.copyOf(latents.get(0)), new int[] {1, 2, 3, 0}, z);
            return z;
        }
    }
}
