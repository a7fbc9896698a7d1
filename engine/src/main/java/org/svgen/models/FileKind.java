package org.svgen.models;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.svgen.pipeline.Fields;
import org.svgen.tensor.Field;

/** What a file of tensors is for. */
public enum FileKind {
    /** A transformer, perhaps with other parts beside it. */
    MODEL(Fields.MODEL),
    /** An autoencoder. */
    VAE(Fields.VAE),
    /** A text encoder. */
    TEXT_ENCODER(Fields.TEXT_ENCODER),
    /** What sees pictures. */
    IMAGE_ENCODER(Fields.IMAGE_ENCODER),
    /** An adapter (LoRA). */
    ADAPTER(Fields.LORA),
    /** Nothing that models here consist of. */
    OTHER(null);

    private final @Nullable Field field;

    FileKind(@Nullable Field field) {
        this.field = field;
    }

    /** {@return by which such a file is given; none if it is of no use} */
    public Optional<Field> field() {
        return Optional.ofNullable(field);
    }

    /** The kind of a component. */
    static FileKind of(String component) {
        return switch (component) {
            case Contents.TRANSFORMER, Contents.SECOND -> MODEL;
            case Contents.VAE -> VAE;
            case Contents.IMAGE -> IMAGE_ENCODER;
            default -> TEXT_ENCODER;
        };
    }
}
