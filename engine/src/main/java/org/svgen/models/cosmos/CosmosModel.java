package org.svgen.models.cosmos;

import java.util.List;
import java.util.Optional;
import org.svgen.cache.TeaCurve;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.pipeline.Amount;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.Defaults;
import org.svgen.pipeline.Pictures;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Sampling;
import org.svgen.pipeline.StepListener;
import org.svgen.pipeline.VideoSize;
import org.svgen.run.Model;
import org.svgen.run.ModelCaches;
import org.svgen.run.VideoParts;
import org.svgen.schedule.EdmEuler;
import org.svgen.tensor.DType;
import org.svgen.text.Tokenizer;
import org.svgen.text.Tokenizers;

/** An open Cosmos. */
record CosmosModel(CosmosComponents parts, EdmEuler scheduler, Tokenizer tokenizer)
        implements Model {
    /** The width of the model of 7 billion parameters, which TeaCache was fitted to. */
    private static final int WIDTH_7B = 4096;

    /** Of the official Sparse VideoGen's script for Cosmos: 10 of 35 steps, the first layer. */
    private static final AttentionSettings ATTENTION =
            AttentionSettings.builder()
                    .density(0.25)
                    .denseSteps(new Amount.Fraction(0.3))
                    .denseLayers(new Amount.Count(1))
                    .build();

    static CosmosModel open(Checkpoint checkpoint, DType activation) {
        CosmosComponents parts = CosmosComponents.open(checkpoint, activation);
        return new CosmosModel(
                parts,
                EdmEuler.load(checkpoint.config("scheduler")),
                // Last, since nobody would close it if something else failed.
                Tokenizers.open(checkpoint, "tokenizer"));
    }

    /** Those of diffusers' pipeline. */
    @Override
    public Defaults defaults() {
        return Defaults.of(new VideoSize(1280, 704, 121, 30), Sampling.of(36, 7), ATTENTION);
    }

    /** Nobody measured EasyCache on this model. */
    @Override
    public ModelCaches caches() {
        return ModelCaches.inside(
                ModelCaches.DEFAULT.easy(),
                Optional.of(TeaCurve.COSMOS_1_7B).filter(_ -> parts.config().width() == WIDTH_7B));
    }

    @Override
    public int headDim() {
        return parts.config().headDim();
    }

    @Override
    public Pictures pictures() {
        return Pictures.NONE;
    }

    @Override
    public List<String> unused(Request request, Defaults defaults) {
        return !request.negativePrompt().isEmpty() && request.guidance() <= 1
                ? List.of("the negative prompt is not used: guidance of at most 1 turns it off")
                : List.of();
    }

    @Override
    public long[] latentDims(Request request) {
        return size(request).latentDims(parts.config().channels());
    }

    private CosmosSize size(Request request) {
        CosmosVaeConfig vae = parts.vae();
        return CosmosSize.of(
                request, parts.config(), vae.spatialRatio(), vae.temporalRatio(), vae.mostFrames());
    }

    @Override
    public VideoParts<?> parts(Request request, StepListener listener) {
        return new CosmosVideo(
                this, request, size(request), CosmosPrompt.of(request, tokenizer, listener));
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
