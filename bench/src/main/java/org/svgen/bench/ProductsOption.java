package org.svgen.bench;

import org.svgen.pipeline.RequestBuilder;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.device.Backend;
import picocli.CommandLine.Option;

/** What a denoiser computes in. */
final class ProductsOption {
    @Option(
            names = "--dtype",
            paramLabel = "auto|f32|fp8",
            description =
                    "auto, f32 to compute in f32 on a GPU too, or fp8 for products of the denoiser's"
                            + " blocks in 8 bits; ${DEFAULT-VALUE} by default.")
    String dtype = "auto";

    /** What can be chosen. */
    enum Layers {
        AUTO,
        F32,
        FP8;

        /** The type of layers, which each device has its own of unless they are f32. */
        DType activation(Backend backend) {
            return this == F32 ? DType.F32 : backend.activation();
        }

        /** A request with products in 8 bits, if that was chosen. */
        RequestBuilder addTo(RequestBuilder request) {
            return this == FP8 ? request.dtype(DType.F8_E4M3) : request;
        }

        /** {@code bf16}, {@code bf16, products in fp8}. */
        String text(DType layers) {
            return this == FP8 ? layers + ", products in fp8" : layers.toString();
        }
    }

    /**
     * @throws BadInputException if the option is none
     */
    Layers checked() {
        for (Layers layers : Layers.values()) {
            if (layers.name().equalsIgnoreCase(dtype)) {
                return layers;
            }
        }
        throw new BadInputException(
                "--dtype: expected auto, f32 or fp8, found '%s'".formatted(dtype));
    }
}
