package org.svgen.media;

import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;
import org.svgen.tensor.SvgenException;

/**
 * FFmpeg's decoder of WebP, fed from memory. It gives planes of luma and chroma, or of lossless
 * pictures their pixels; the way from planes to colours is {@link YuvPixels}.
 */
final class WebpDecoder {
    private WebpDecoder() {}

    /**
     * @param webp a file of one picture
     * @throws UnreadablePictureException if it cannot be decoded
     */
    static Pixels decode(byte[] webp) throws UnreadablePictureException {
        Ffmpeg.load();
        AVCodecContext context =
                avcodec.avcodec_alloc_context3(
                        avcodec.avcodec_find_decoder(avcodec.AV_CODEC_ID_WEBP));
        AVPacket packet = avcodec.av_packet_alloc();
        AVFrame frame = avutil.av_frame_alloc();
        try {
            context.max_pixels(Images.MAX_PIXELS);
            context.thread_count(1);
            context.err_recognition(avcodec.AV_EF_EXPLODE);
            require(avcodec.avcodec_open2(context, context.codec(), (AVDictionary) null));
            require(avcodec.av_new_packet(packet, webp.length));
            packet.data().put(webp);
            require(avcodec.avcodec_send_packet(context, packet));
            require(avcodec.avcodec_receive_frame(context, frame));
            return pixels(frame);
        } finally {
            avutil.av_frame_free(frame);
            avcodec.av_packet_free(packet);
            avcodec.avcodec_free_context(context);
        }
    }

    private static void require(int code) throws UnreadablePictureException {
        if (code < 0) {
            throw new UnreadablePictureException("it is corrupt");
        }
    }

    private static Pixels pixels(AVFrame frame) {
        int width = frame.width();
        int height = frame.height();
        return switch (frame.format()) {
            case avutil.AV_PIX_FMT_YUV420P ->
                    new YuvPixels(
                            width,
                            height,
                            plane(frame, 0, width, height),
                            plane(frame, 1, (width + 1) / 2, (height + 1) / 2),
                            plane(frame, 2, (width + 1) / 2, (height + 1) / 2));
            case avutil.AV_PIX_FMT_ARGB ->
                    new ArgbPixels(width, height, plane(frame, 0, 4 * width, height));
            default -> throw new SvgenException("FFmpeg gives WebP as format " + frame.format());
        };
    }

    private static byte[] plane(AVFrame frame, int index, int bytes, int lines) {
        byte[] plane = new byte[Math.multiplyExact(bytes, lines)];
        for (int y = 0; y < lines; y++) {
            frame.data(index)
                    .getPointer((long) y * frame.linesize(index))
                    .get(plane, y * bytes, bytes);
        }
        return plane;
    }

    /** Of a lossless picture; transparency is dropped. */
    private record ArgbPixels(int width, int height, byte[] argb) implements Pixels {
        @Override
        public void row(int y, float[] rgb) {
            int at = 4 * y * width;
            for (int x = 0; x < width; x++, at += 4) {
                rgb[3 * x] = Levels.of(argb[at + 1]);
                rgb[3 * x + 1] = Levels.of(argb[at + 2]);
                rgb[3 * x + 2] = Levels.of(argb[at + 3]);
            }
        }
    }
}
