package org.svgen.bench;

import org.jspecify.annotations.Nullable;
import org.svgen.media.VideoWriter;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.ByteCount;
import org.svgen.pipeline.CacheSettings;
import org.svgen.pipeline.Fields;
import org.svgen.pipeline.Rules;
import org.svgen.setting.Rule;
import org.svgen.setting.Values;
import org.svgen.tensor.DType;
import org.svgen.tensor.Field;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code svgen bench generate}: a whole pipeline of random weights. */
@Command(
        name = "generate",
        mixinStandardHelpOptions = true,
        description = {
            "Makes a video as svgen generate would, by a model of random weights: text encoders,"
                    + " denoising, decoding and the file, to know the time of each without a"
                    + " checkpoint.",
            "",
            "The video shows noise, and tokenizers know no words."
        })
final class GenerateBenchCommand implements Runnable {
    private static final Rule<Integer> REQUESTS =
            new Rule<>(new Field("requests"), Values.wholeFrom(1));

    private final Output output;

    @Option(
            names = "--config",
            required = true,
            paramLabel = "NAME|FOLDER",
            description = BenchConfigs.NAMES + ", or a model's folder, whose weights are not read.")
    String config = "";

    @Mixin final SyntheticOption synthetic = new SyntheticOption();

    @Option(names = "--steps", description = "Denoising steps, ${DEFAULT-VALUE} by default.")
    int steps = 50;

    @Mixin final SparseOptions sparse = new SparseOptions();

    @Option(
            names = "--dense-steps",
            description = "Steps of the warm-up, or a fraction; ${DEFAULT-VALUE} by default.")
    String denseSteps = "0.1";

    @Option(
            names = "--dense-layers",
            description =
                    "Layers that always attend densely, or a fraction; ${DEFAULT-VALUE} by default.")
    String denseLayers = "1";

    @Mixin final SkipOptions skip = new SkipOptions();

    @Mixin final SizeOption size = new SizeOption();

    @Option(names = "--seed", description = "Of the noise, ${DEFAULT-VALUE} by default.")
    String seed = "0";

    @Option(
            names = "--guidance",
            paramLabel = "X",
            description =
                    "How strongly the prompt steers; 1 takes one pass a step where others take two."
                            + " Default: the model's.")
    @Nullable String guidance;

    @Mixin final DeviceOption device = new DeviceOption();

    @Option(
            names = "--dtype",
            paramLabel = "f32|bf16|fp8",
            description =
                    "As in generate, ${DEFAULT-VALUE} by default, with layers as the device's.")
    String dtype = DType.F32.toString();

    @Option(
            names = "--memory-limit",
            paramLabel = "BYTES",
            description = "Of the device, such as 24G (billions of bytes). Default: what is free.")
    @Nullable String memoryLimit;

    @Option(
            names = "--output",
            paramLabel = "FILE",
            description = "The video, ${DEFAULT-VALUE} by default.")
    String file = "bench.mp4";

    @Option(
            names = "--requests",
            paramLabel = "N",
            description =
                    "Make the video N times in one session, which keeps weights on the device; times"
                            + " are the last one's. ${DEFAULT-VALUE} by default.")
    int requests = 1;

    @Mixin final JsonOption json = new JsonOption();

    GenerateBenchCommand(Output output) {
        this.output = output;
    }

    @Override
    public void run() {
        Rules.STEPS.require(steps);
        REQUESTS.require(requests);
        Video video = size.of(config);
        VideoWriter writer = VideoWriter.to(file);
        writer.check(video.width(), video.height());
        AttentionSettings settings =
                sparse.settings(
                        Rules.DENSE_STEPS.parse(denseSteps), Rules.DENSE_LAYERS.parse(denseLayers));
        skip.settings(CacheSettings.NONE); // refuses what is wrong before anything is opened
        GenerateBench.Setup setup =
                new GenerateBench.Setup(
                        config,
                        video,
                        settings,
                        skip::settings,
                        steps,
                        guidance == null ? null : Rules.GUIDANCE.parse(guidance),
                        Rules.SEED.parse(seed),
                        Rules.DTYPE.parse(dtype),
                        device.device,
                        limit(),
                        requests,
                        writer);
        GenerateBench.Outcome outcome = GenerateBench.run(setup, output.notes());
        output.print(json, outcome, outcome.text());
    }

    private long limit() {
        return memoryLimit == null
                ? Long.MAX_VALUE
                : ByteCount.parse(Fields.MEMORY_LIMIT, memoryLimit);
    }
}
