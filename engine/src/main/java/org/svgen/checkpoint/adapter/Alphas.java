package org.svgen.checkpoint.adapter;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.svgen.checkpoint.Config;
import org.svgen.checkpoint.single.TensorFile;

/**
 * By what products count where no tensor says it: PEFT's settings in the header, which diffusers
 * writes; else they count as they are.
 *
 * @param settings as JSON; empty if there are none
 */
record Alphas(Optional<Config> settings) {
    private static final String KEY = "lora_adapter_metadata";
    private static final String BEGIN = "transformer.";

    static Alphas of(TensorFile file) {
        return new Alphas(
                Optional.ofNullable(file.metadata().get(KEY))
                        .map(json ->
                                Config.parse(file.path(), json.getBytes(StandardCharsets.UTF_8))));
    }

    /** The scale of a layer's product. */
    double scale(String layer, int rank) {
        if (settings.isEmpty() || !settings.get().has(BEGIN + "lora_alpha")) {
            return 1;
        }
        Config all = settings.get();
        double alpha = all.number(BEGIN + "lora_alpha");
        if (all.has(BEGIN + "alpha_pattern")) {
            Config own = all.section(BEGIN + "alpha_pattern").orElseThrow();
            for (String pattern : own.keys()) {
                if (layer.equals(pattern) || layer.endsWith("." + pattern)) {
                    alpha = own.number(pattern);
                }
            }
        }
        boolean byRoot = all.flag(BEGIN + "use_rslora", false);
        return alpha / (byRoot ? Math.sqrt(rank) : rank);
    }
}
