package org.svgen.run;

import org.svgen.checkpoint.Config;
import org.svgen.checkpoint.EightBitLayers;
import org.svgen.checkpoint.WeightSource;
import org.svgen.tensor.BadInputException;
import org.svgen.vae.VideoDecoder;

/** A family whose parts can be loaded by themselves, to be measured on random weights. */
public interface MeasuredFamily extends ModelFamily {
    /** {@return the class that transformers of the family have in their {@code config.json}} */
    String transformerClass();

    /**
     * Loads a transformer by itself, to be measured.
     *
     * @param config a transformer's {@code config.json}
     * @param weights the weights
     * @return the transformer
     * @throws BadInputException if the configuration cannot be run, or a weight is missing or of
     *     the wrong shape
     */
    Transformer transformer(Config config, WeightSource weights);

    /**
     * {@return which of a transformer's matrices are in 8 bits where that is asked for}
     *
     * @param config a transformer's {@code config.json}
     */
    EightBitLayers eightBits(Config config);

    /** {@return the class that autoencoders of the family have in their {@code config.json}} */
    String autoencoderClass();

    /**
     * Loads a decoder by itself, to be measured.
     *
     * @param config an autoencoder's {@code config.json}
     * @param weights the weights
     * @return the decoder
     * @throws BadInputException if the configuration cannot be run, or a weight is missing or of
     *     the wrong shape
     */
    VideoDecoder decoder(Config config, WeightSource weights);
}
