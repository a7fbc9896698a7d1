package org.svgen.server.work;

import java.util.Objects;

/**
 * A picture of what a video will be.
 *
 * @param step denoising steps that were done
 * @param mediaType of the picture
 * @param bytes the picture, not to be changed
 */
public record Preview(int step, String mediaType, byte[] bytes) {
    /** Checks that none is null. */
    public Preview {
        Objects.requireNonNull(mediaType, "mediaType");
        Objects.requireNonNull(bytes, "bytes");
    }
}
