package org.svgen.bench;

import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.Request;
import org.svgen.run.Trial;

/**
 * Pixels and frames.
 *
 * @param width in pixels
 * @param height in pixels
 * @param frames number of frames
 */
record Video(int width, int height, int frames) {
    Request request(AttentionSettings attention) {
        return Trial.request(width, height, frames, attention);
    }
}
