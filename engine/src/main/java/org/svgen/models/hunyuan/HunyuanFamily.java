package org.svgen.models.hunyuan;

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
import org.svgen.setting.Values;
import org.svgen.tensor.DType;
import org.svgen.vae.VideoDecoder;

/**
 * HunyuanVideo text-to-video and image-to-video (diffusers: {@code HunyuanVideoPipeline}, {@code
 * HunyuanVideoImageToVideoPipeline}).
 */
public final class HunyuanFamily implements MeasuredFamily {
    /** What the rotary frequencies of the Llama text encoder are rounded to. */
    public static final Setting<DType> LLAMA_ROTARY =
            Setting.choice(
                    "llamaRotary",
                    List.of(DType.F32, DType.F16, DType.BF16),
                    DType.F32,
                    "What the rotary frequencies of a Llama text encoder (HunyuanVideo) are rounded"
                            + " to. Default: f32, as diffusers loads them. Code that casts the whole"
                            + " encoder rounds them too: HunyuanVideo's own to f16.");

    /** The scale of guidance by a second pass, beside the guidance that the model is told. */
    public static final Setting<Double> TRUE_GUIDANCE =
            Setting.of(
                    "trueGuidance",
                    Values.numbers(1, 1000),
                    1.0,
                    "SCALE",
                    "How strongly a second pass of each step with the negative prompt steers away"
                            + " from it (HunyuanVideo), beside the guidance built in. Default: 1,"
                            + " no second pass.");

    static final String IMAGE_TO_VIDEO = "HunyuanVideoImageToVideoPipeline";

    /** Nothing is opened yet. */
    public HunyuanFamily() {}

    @Override
    public List<String> pipelineClasses() {
        return List.of("HunyuanVideoPipeline", IMAGE_TO_VIDEO);
    }

    @Override
    public Set<String> components() {
        return Set.of(
                "image_processor",
                "scheduler",
                "text_encoder",
                "text_encoder_2",
                "tokenizer",
                "tokenizer_2",
                "transformer",
                "vae");
    }

    @Override
    public List<Setting<?>> settings() {
        return List.of(
                TRUE_GUIDANCE, LLAMA_ROTARY, Shift.SETTING, FewSteps.SETTING, Timesteps.SETTING);
    }

    @Override
    public Optional<FamilyFiles> files() {
        return Optional.of(new HunyuanFiles());
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
    public EightBitLayers eightBits(Config config) {
        return HunyuanConfig.read(config).eightBits();
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
