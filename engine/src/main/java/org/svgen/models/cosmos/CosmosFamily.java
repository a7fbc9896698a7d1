package org.svgen.models.cosmos;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.Config;
import org.svgen.checkpoint.EightBitLayers;
import org.svgen.checkpoint.WeightSource;
import org.svgen.run.FamilyFiles;
import org.svgen.run.MeasuredFamily;
import org.svgen.run.Model;
import org.svgen.run.Transformer;
import org.svgen.tensor.DType;
import org.svgen.vae.VideoDecoder;

/** Cosmos 1.0 (diffusers: {@code CosmosTextToWorldPipeline}). */
public final class CosmosFamily implements MeasuredFamily {
    /** Nothing is opened yet. */
    public CosmosFamily() {}

    @Override
    public List<String> pipelineClasses() {
        return List.of("CosmosTextToWorldPipeline");
    }

    @Override
    public Set<String> components() {
        return Set.of("scheduler", "text_encoder", "tokenizer", "transformer", "vae");
    }

    @Override
    public Optional<FamilyFiles> files() {
        return Optional.of(new CosmosFiles());
    }

    @Override
    public Model open(Checkpoint checkpoint, DType activation) {
        return CosmosModel.open(checkpoint, activation);
    }

    @Override
    public String transformerClass() {
        return CosmosConfig.CLASS;
    }

    @Override
    public Transformer transformer(Config config, WeightSource weights) {
        return CosmosTransformer.load(config, weights);
    }

    @Override
    public EightBitLayers eightBits(Config config) {
        return CosmosConfig.read(config).eightBits();
    }

    @Override
    public String autoencoderClass() {
        return CosmosVaeConfig.CLASS;
    }

    @Override
    public VideoDecoder decoder(Config config, WeightSource weights) {
        return CosmosVae.decoder(CosmosVaeConfig.read(config), weights);
    }
}
