package org.svgen.models.hunyuan15;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.Config;
import org.svgen.checkpoint.EightBitLayers;
import org.svgen.checkpoint.WeightSource;
import org.svgen.pipeline.Timesteps;
import org.svgen.run.FamilyFiles;
import org.svgen.run.FewSteps;
import org.svgen.run.MeasuredFamily;
import org.svgen.run.Model;
import org.svgen.run.Shift;
import org.svgen.run.Transformer;
import org.svgen.setting.Setting;
import org.svgen.tensor.DType;
import org.svgen.vae.VideoDecoder;

/**
 * HunyuanVideo-1.5 (diffusers: {@code HunyuanVideo15Pipeline}, {@code
 * HunyuanVideo15ImageToVideoPipeline}).
 */
public final class Hunyuan15Family implements MeasuredFamily {
    static final String IMAGE_TO_VIDEO = "HunyuanVideo15ImageToVideoPipeline";

    /** Nothing is opened yet. */
    public Hunyuan15Family() {}

    @Override
    public List<String> pipelineClasses() {
        return List.of("HunyuanVideo15Pipeline", IMAGE_TO_VIDEO);
    }

    @Override
    public Set<String> components() {
        return Set.of(
                "scheduler",
                "guider",
                "text_encoder",
                "text_encoder_2",
                "tokenizer",
                "tokenizer_2",
                "transformer",
                "vae",
                "image_encoder",
                "feature_extractor");
    }

    @Override
    public List<Setting<?>> settings() {
        return List.of(Shift.SETTING, FewSteps.SETTING, Timesteps.SETTING);
    }

    @Override
    public Optional<FamilyFiles> files() {
        return Optional.of(new Hunyuan15Files());
    }

    @Override
    public Model open(Checkpoint checkpoint, DType activation) {
        return Hunyuan15Model.open(checkpoint, activation);
    }

    @Override
    public String transformerClass() {
        return Hunyuan15Config.CLASS;
    }

    @Override
    public Transformer transformer(Config config, WeightSource weights) {
        return Hunyuan15Transformer.load(config, weights);
    }

    @Override
    public EightBitLayers eightBits(Config config) {
        return Hunyuan15Config.read(config).eightBits();
    }

    @Override
    public String autoencoderClass() {
        return Hunyuan15VaeConfig.CLASS;
    }

    @Override
    public VideoDecoder decoder(Config config, WeightSource weights) {
        return Hunyuan15Vae.decoder(Hunyuan15VaeConfig.read(config), weights);
    }
}
