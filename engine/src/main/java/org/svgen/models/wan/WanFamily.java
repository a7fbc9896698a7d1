package org.svgen.models.wan;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
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
import org.svgen.setting.Values;
import org.svgen.tensor.DType;
import org.svgen.vae.VideoDecoder;

/** Wan 2.1 and 2.2 (diffusers: {@code WanPipeline}, {@code WanImageToVideoPipeline}). */
public final class WanFamily implements MeasuredFamily {
    static final String IMAGE_TO_VIDEO = "WanImageToVideoPipeline";

    /** The scale of guidance of the expert for little noise. */
    public static final Setting<OptionalDouble> GUIDANCE_2 =
            Setting.of(
                    "guidance2",
                    Values.numbersOrAuto(0, 1000),
                    OptionalDouble.empty(),
                    "SCALE",
                    "How strongly the prompt steers the second expert, which removes the last noise"
                            + " (Wan 2.2 A14B); 1 turns its guidance off. Default: the model's own,"
                            + " else the first expert's.");

    /** Where the expert for little noise takes over. */
    public static final Setting<OptionalDouble> BOUNDARY =
            Setting.of(
                    "boundary",
                    Values.numbersOrAuto(0, 1),
                    OptionalDouble.empty(),
                    "FRACTION",
                    "The share of noise below which the second expert takes over (Wan 2.2 A14B)."
                            + " Default: the model's own.");

    /** Nothing is opened yet. */
    public WanFamily() {}

    @Override
    public List<String> pipelineClasses() {
        return List.of("WanPipeline", IMAGE_TO_VIDEO);
    }

    @Override
    public Set<String> components() {
        return Set.of(
                "scheduler",
                "text_encoder",
                "tokenizer",
                "transformer",
                "transformer_2",
                "vae",
                "image_encoder",
                "image_processor");
    }

    @Override
    public List<Setting<?>> settings() {
        return List.of(GUIDANCE_2, BOUNDARY, Shift.SETTING, FewSteps.SETTING, Timesteps.SETTING);
    }

    @Override
    public Optional<FamilyFiles> files() {
        return Optional.of(new WanFiles());
    }

    @Override
    public Model open(Checkpoint checkpoint, DType activation) {
        return WanModel.open(checkpoint, activation);
    }

    @Override
    public String transformerClass() {
        return WanConfig.CLASS;
    }

    @Override
    public Transformer transformer(Config config, WeightSource weights) {
        return WanTransformer.load(config, weights);
    }

    @Override
    public EightBitLayers eightBits(Config config) {
        return WanConfig.read(config).eightBits();
    }

    @Override
    public String autoencoderClass() {
        return WanVaeConfig.CLASS;
    }

    @Override
    public VideoDecoder decoder(Config config, WeightSource weights) {
        return WanVae.decoder(WanVaeConfig.read(config), weights);
    }
}
