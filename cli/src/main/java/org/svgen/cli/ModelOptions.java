package org.svgen.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.svgen.models.GivenModel;
import org.svgen.pipeline.ByteCount;
import org.svgen.pipeline.Fields;
import org.svgen.pipeline.Rules;
import org.svgen.setting.Values;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.device.Backend;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** What makes the video. */
final class ModelOptions {
    private static final String DEMO = "demo";

    @Option(
            names = "--model",
            paramLabel = "DIR|NAME|ORG/NAME|FILE",
            defaultValue = DEMO,
            description =
                    "A folder in diffusers' layout, a built-in model (see 'svgen models'), or ORG/NAME"
                            + " or ORG/NAME@REVISION on the Hugging Face hub, downloaded if it is not"
                            + " here yet (see 'svgen pull'). A folder of that name is taken first."
                            + " Or a single safetensors or GGUF file of a transformer, as ComfyUI has them:"
                            + " its path, or its name in a folder of SVGEN_MODELS."
                            + " Default: ${DEFAULT-VALUE}.")
    String model = DEMO;

    @ArgGroup(exclusive = false, validate = false)
    FileOptions files = new FileOptions();

    @ArgGroup(exclusive = false, validate = false)
    AdapterOptions adapters = new AdapterOptions();

    @Option(
            names = "--device",
            paramLabel = "auto|cpu|cuda[:N[,N]]",
            defaultValue = "auto",
            description =
                    "Where to compute. Default: ${DEFAULT-VALUE}, an NVIDIA GPU if there is one that can be"
                            + " used, else the CPU. cuda:0,1 or cuda:all: these GPUs make a video"
                            + " together.")
    String device = "auto";

    @Option(
            names = "--dtype",
            paramLabel = "auto|f32|bf16|fp8",
            defaultValue = "auto",
            description =
                    "What to compute in. Default: ${DEFAULT-VALUE}: noise and latents in f32, layers in f32"
                            + " on a CPU and in bf16 on a GPU. bf16 draws other noise, as torch does."
                            + " fp8 is auto with the products of the denoiser's blocks in 8 bits, but"
                            + " for the first and the last block, where the device has them.")
    String dtype = "auto";

    @Option(
            names = "--memory-limit",
            paramLabel = "BYTES",
            description =
                    "Use no more of the device's memory than this, such as 24G (billions of bytes)"
                            + " or 800M. Then layers that find no room come to a GPU as they are used"
                            + " and go again, which changes no bit of the video. On a CPU weights stay"
                            + " in their files and do not count. Default: what is free.")
    @Nullable String memoryLimit;

    /** Bytes of the device to use at most. */
    long memoryLimit() {
        return memoryLimit == null
                ? Long.MAX_VALUE
                : ByteCount.parse(Fields.MEMORY_LIMIT, memoryLimit);
    }

    /**
     * @throws BadInputException naming the option that is wrong
     */
    void addTo(Given given) {
        given.add(Rules.DTYPE, dtype());
        memoryLimit();
    }

    /** The type of the denoiser's large layers. */
    DType activation(Backend backend) {
        return dtype.equalsIgnoreCase("f32") ? DType.F32 : backend.activation();
    }

    /**
     * The type of noise and latents.
     *
     * @throws BadInputException if {@code --dtype} is unknown
     */
    private DType dtype() {
        if (dtype.equalsIgnoreCase("auto")) {
            return DType.F32;
        }
        Values<DType> types = Rules.DTYPE.values();
        return types.parse(dtype)
                .orElseThrow(() ->
                        BadInputException.of(
                                Rules.DTYPE.field(), "auto, " + types.expected(), dtype));
    }

    /** Names of the model and of files that were given, without their folders. */
    List<String> names() {
        List<String> names = new ArrayList<>();
        names.add(String.valueOf(Path.of(model).getFileName()));
        names.addAll(adapters.names());
        return names;
    }

    /** The model with what goes with it, as it was given. */
    GivenModel given() {
        return new GivenModel(model, files.parts());
    }

    /** True if the model may not have been chosen. */
    boolean isDefault() {
        return model.equals(DEMO);
    }
}
