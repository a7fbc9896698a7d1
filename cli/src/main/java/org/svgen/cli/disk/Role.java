package org.svgen.cli.disk;

import java.util.List;

/** What a file is wanted for, and the folders in which ComfyUI keeps such files. */
public enum Role {
    /** A transformer, perhaps with other parts beside it. */
    MODEL("diffusion_models", "unet", "checkpoints"),
    /** A text encoder. */
    TEXT_ENCODER("text_encoders", "clip"),
    /** An autoencoder. */
    VAE("vae"),
    /** What sees pictures for a model. */
    IMAGE_ENCODER("clip_vision"),
    /** An adapter (LoRA). */
    ADAPTER("loras");

    private final List<String> folders;

    Role(String... folders) {
        this.folders = List.of(folders);
    }

    /** True if files of this kind are kept in a folder of that name. */
    boolean isKeptIn(String folder) {
        return folders.contains(folder);
    }

    /** True if a folder of that name is for files of one kind, whichever. */
    static boolean isKind(String folder) {
        for (Role role : values()) {
            if (role.isKeptIn(folder)) {
                return true;
            }
        }
        return false;
    }
}
