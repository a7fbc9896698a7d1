package org.svgen.models.cogvideox;

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
import org.svgen.setting.Setting;
import org.svgen.tensor.DType;
import org.svgen.vae.VideoDecoder;

/** CogVideoX text-to-video and image-to-video (diffusers: {@code CogVideoX*Pipeline}). */
public final class CogVideoXFamily implements MeasuredFamily {
    static final String IMAGE_TO_VIDEO = "CogVideoXImageToVideoPipeline";

    /** Whether the scale of guidance rises over the steps ({@link Guidance}). */
    public static final Setting<Boolean> DYNAMIC_GUIDANCE =
            Setting.flag(
                    "dynamicGuidance",
                    false,
                    "Raise the guidance from step to step by a cosine, as CogVideoX does, or not."
                            + " Default: the model's own.");

    /** Nothing is opened yet. */
    public CogVideoXFamily() {}

    @Override
    public List<String> pipelineClasses() {
        return List.of("CogVideoXPipeline", IMAGE_TO_VIDEO);
    }

    @Override
    public Set<String> components() {
        return Set.of("scheduler", "text_encoder", "tokenizer", "transformer", "vae");
    }

    @Override
    public List<Setting<?>> settings() {
        return List.of(DYNAMIC_GUIDANCE);
    }

    @Override
    public Optional<FamilyFiles> files() {
        return Optional.of(new CogVideoXFiles());
    }

    @Override
    public Model open(Checkpoint checkpoint, DType activation) {
        return CogVideoXModel.open(checkpoint, activation);
    }

    @Override
    public String transformerClass() {
        return CogVideoXConfig.CLASS;
    }

    @Override
    public Transformer transformer(Config config, WeightSource weights) {
        return CogVideoXTransformer.load(config, weights);
    }

    @Override
    public EightBitLayers eightBits(Config config) {
        return CogVideoXConfig.read(config).eightBits();
    }

    @Override
    public String autoencoderClass() {
        return CogVideoXVaeConfig.CLASS;
    }

    @Override
    public VideoDecoder decoder(Config config, WeightSource weights) {
        return CogVideoXVae.decoder(CogVideoXVaeConfig.read(config), weights);
    }
}
