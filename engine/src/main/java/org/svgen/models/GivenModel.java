package org.svgen.models;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.svgen.pipeline.Fields;
import org.svgen.tensor.Field;

/**
 * A model in the words of whoever gave it; nothing was looked for yet. Every door (options, study
 * files, services) makes one of these.
 *
 * @param model a folder, a name, a model on the hub, or a single file
 * @param parts what goes with a single file
 */
public record GivenModel(String model, Parts parts) {
    /** Checks that nothing is null. */
    public GivenModel {
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(parts, "parts");
    }

    /**
     * {@return a model by itself}
     *
     * @param model a folder, a name, a model on the hub, or a single file
     */
    public static GivenModel of(String model) {
        return new GivenModel(model, Parts.NONE);
    }

    /**
     * What goes with a single file, as paths or names.
     *
     * @param second the transformer for little noise, of models that have two
     * @param vae the autoencoder
     * @param textEncoders text encoders
     * @param imageEncoder what sees pictures
     * @param base where all else comes from: a folder, or a model on the hub
     */
    public record Parts(
            Optional<String> second,
            Optional<String> vae,
            List<String> textEncoders,
            Optional<String> imageEncoder,
            Optional<String> base) {
        /** Nothing. */
        public static final Parts NONE =
                new Parts(
                        Optional.empty(),
                        Optional.empty(),
                        List.of(),
                        Optional.empty(),
                        Optional.empty());

        /** Keeps a copy of the list. */
        public Parts {
            Objects.requireNonNull(second, "second");
            Objects.requireNonNull(vae, "vae");
            Objects.requireNonNull(textEncoders, "textEncoders");
            Objects.requireNonNull(imageEncoder, "imageEncoder");
            Objects.requireNonNull(base, "base");
            textEncoders = List.copyOf(textEncoders);
        }

        /** {@return the field of the first that is given; none if nothing is} */
        public Optional<Field> first() {
            if (second.isPresent()) {
                return Optional.of(Fields.MODEL_2);
            }
            if (vae.isPresent()) {
                return Optional.of(Fields.VAE);
            }
            if (!textEncoders.isEmpty()) {
                return Optional.of(Fields.TEXT_ENCODER);
            }
            return imageEncoder.map(_ -> Fields.IMAGE_ENCODER).or(() -> base.map(_ -> Fields.BASE));
        }
    }
}
