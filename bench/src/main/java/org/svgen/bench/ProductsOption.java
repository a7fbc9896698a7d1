package org.svgen.bench;

import org.svgen.pipeline.RequestBuilder;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
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

    /** True if it is f32 on every device, false if each device has its own. */
    boolean f32() {
        return dtype.equalsIgnoreCase("f32");
    }

    /**
     * {@return the request's products in 8 bits, if that was chosen}
     *
     * @throws BadInputException if the option is none
     */
    RequestBuilder addTo(RequestBuilder request) {
        if (dtype.equalsIgnoreCase("fp8")) {
            return request.dtype(DType.F8_E4M3);
        }
        if (!f32() && !dtype.equalsIgnoreCase("auto")) {
            throw new BadInputException(
                    "--dtype: expected auto, f32 or fp8, found '%s'".formatted(dtype));
        }
        return request;
    }

    /** {@code bf16}, {@code bf16, products in fp8}. */
    static String text(DType layers, boolean eightBits) {
        return eightBits ? layers + ", products in fp8" : layers.toString();
    }
}
