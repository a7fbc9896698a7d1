package org.svgen.media;

import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.ffmpeg.global.swscale;
import org.bytedeco.javacpp.Loader;
import org.svgen.tensor.SvgenException;

/** The FFmpeg that comes with the product: its LGPL build, whose H.264 encoder is OpenH264. */
final class Ffmpeg {
    static final String ENCODER = "libopenh264";

    /** Between RGB and 4:2:0 by the book; without these, colours smear over 2 x 2 pixels. */
    static final int SCALING =
            swscale.SWS_BICUBIC
                    | swscale.SWS_ACCURATE_RND
                    | swscale.SWS_FULL_CHR_H_INP
                    | swscale.SWS_FULL_CHR_H_INT;

    private Ffmpeg() {}

    /**
     * Loads the native libraries and keeps them from printing.
     *
     * @throws SvgenException if there are none for this machine
     */
    static void load() {
        try {
            Loader.load(avcodec.class);
            avutil.av_log_set_level(avutil.AV_LOG_QUIET);
            if (avcodec.avcodec_find_encoder_by_name(ENCODER) == null) {
                throw new SvgenException("this FFmpeg has no encoder " + ENCODER);
            }
        } catch (LinkageError e) {
            throw new SvgenException(
                    "cannot load FFmpeg for %s, which MP4 and WebP need (GIF, PNG and JPEG do not): %s"
                            .formatted(Loader.getPlatform(), e.getMessage()),
                    e);
        }
    }
}
