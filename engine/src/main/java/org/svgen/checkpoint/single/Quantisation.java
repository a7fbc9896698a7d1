package org.svgen.checkpoint.single;

import java.util.Optional;
import org.svgen.checkpoint.Config;

/** The JSON in tensors named {@code comfy_quant}: {@code {"format": "float8_e4m3fn"}}. */
final class Quantisation {
    private static final int MAX_BYTES = 1 << 16;

    private Quantisation() {}

    /** The format that is named there; empty if none is. */
    static Optional<String> of(TensorFile file, String name) {
        return file.bytes(name, MAX_BYTES)
                .map(json -> Config.parse(file.path(), json))
                .filter(config -> config.has("format"))
                .map(config -> config.text("format"));
    }
}
