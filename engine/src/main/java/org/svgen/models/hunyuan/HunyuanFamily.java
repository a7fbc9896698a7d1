package org.svgen.models.hunyuan;

import java.util.List;
import java.util.Set;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.Config;
import org.svgen.checkpoint.WeightSource;
import org.svgen.run.Model;
import org.svgen.run.ModelFamily;
import org.svgen.run.Transformer;
import org.svgen.tensor.DType;
import org.svgen.vae.VideoDecoder;

/** HunyuanVideo text-to-video (diffusers: {@code HunyuanVideoPipeline}). */
public final class HunyuanFamily implements ModelFamily {
    /** Nothing is opened yet. */
    public HunyuanFamily() {}

    @Override
    public List<String> pipelineClasses() {
        return List.of("HunyuanVideoPipeline");
    }

    @Override
    public Set<String> components() {
        return Set.of(
                "scheduler",
                "text_encoder",
                "text_encoder_2",
                "tokenizer",
                "tokenizer_2",
                "transformer",
                "vae");
    }

    @Override
    public Model open(Checkpoint checkpoint, DType activation) {
        return HunyuanModel.open(checkpoint, activation);
    }

    @Override
    public String transformerClass() {
        return HunyuanConfig.CLASS;
    }

    @Override
    public Transformer transformer(Config config, WeightSource weights) {
        return HunyuanTransformer.load(config, weights);
    }

    @Override
    public String autoencoderClass() {
        return HunyuanVaeConfig.CLASS;
    }

    @Override
    public VideoDecoder decoder(Config config, WeightSource weights) {
        return HunyuanVae.decoder(HunyuanVaeConfig.read(config), weights);
    }
}
