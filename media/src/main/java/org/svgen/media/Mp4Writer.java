package org.svgen.media;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacv.FFmpegFrameRecorder;
import org.svgen.files.Place;
import org.svgen.files.Staged;
import org.svgen.pipeline.CancelledException;
import org.svgen.pipeline.Clip;
import org.svgen.pipeline.Stage;
import org.svgen.pipeline.StepListener;
import org.svgen.tensor.BadInputException;

/** MP4 with H.264, 8 bits, 4:2:0, the index in front so that it plays while it loads. */
record Mp4Writer(Place place) implements VideoWriter {
    /**
     * H.264's quantiser, held constant: 51 is worst, and below 12 the eye sees no gain. OpenH264
     * gives up on pictures of mere noise, whose code is longer than the pixels; then the next is
     * tried.
     */
    private static final int[] QUANTISERS = {12, 18, 24, 30};

    /** OpenH264 takes the constant quantiser only with rate control on and rate to spare. */
    private static final int BIT_RATE = 200_000_000;

    /** What the index takes at most for each frame, and beside frames and texts. */
    private static final int INDEX_BYTES_A_FRAME = 32;

    private static final int INDEX_BYTES = 1 << 13;

    @Override
    public Path out() {
        return place.path();
    }

    @Override
    public void check(int width, int height) {
        Path out = out();
        Staged.checkFile(out);
        if (width % 2 != 0 || height % 2 != 0 || width < 16 || height < 16) {
            throw new BadInputException(
                    "cannot write %s: MP4 expects an even width and height from 16 up, found %dx%d (a .gif or a folder of PNG frames takes any)"
                            .formatted(out, width, height));
        }
        Ffmpeg.load();
    }

    @Override
    public Path write(Clip clip, Map<String, String> metadata, StepListener listener) {
        check(clip.width(), clip.height());
        return Staged.write(
                place,
                temporary -> {
                    encode(temporary, clip, metadata, listener);
                    VideoReader.requireVideo(temporary, clip.count(), clip.width(), clip.height());
                });
    }

    private static void encode(
            Path file, Clip clip, Map<String, String> metadata, StepListener listener)
            throws IOException {
        for (int i = 0; ; i++) {
            try (RecordedFile recorded = new RecordedFile(file)) {
                record(recorded, QUANTISERS[i], clip, metadata, listener);
                return;
            } catch (FFmpegFrameRecorder.Exception e) {
                if (i == QUANTISERS.length - 1 || !encoderGaveUp(e)) {
                    throw e;
                }
                listener.note(
                        "the video is too noisy for quantiser %d of H.264, trying %d"
                                .formatted(QUANTISERS[i], QUANTISERS[i + 1]));
            }
        }
    }

    /** True if the encoder failed, not the disk. */
    private static boolean encoderGaveUp(FFmpegFrameRecorder.Exception e) {
        return String.valueOf(e.getMessage()).contains("avcodec_send_frame");
    }

    /**
     * @throws IOException if the disk does not take it, or FFmpeg gives up
     */
    private static void record(
            RecordedFile file,
            int quantiser,
            Clip clip,
            Map<String, String> metadata,
            StepListener listener)
            throws IOException {
        try (FFmpegFrameRecorder recorder = recorder(file, clip, quantiser)) {
            metadata.forEach(recorder::setMetadata);
            recorder.setOption("moov_size", Integer.toString(indexBytes(clip, metadata)));
            recorder.start();
            recordFrames(recorder, file, clip, listener);
            recorder.stop();
        } catch (FFmpegFrameRecorder.Exception e) {
            file.requireWritten(); // The disk's reason is the better one.
            throw e;
        }
        file.requireWritten();
        file.close();
        file.requireWritten();
        listener.progress(Stage.WRITE, clip.count(), clip.count());
    }

    /** Room for the index in front of the frames, whose size is known only behind them. */
    private static int indexBytes(Clip clip, Map<String, String> metadata) {
        int texts = 0;
        for (Map.Entry<String, String> text : metadata.entrySet()) {
            texts += (text.getKey() + text.getValue()).getBytes(StandardCharsets.UTF_8).length;
        }
        return INDEX_BYTES + INDEX_BYTES_A_FRAME * clip.count() + texts;
    }

    private static void recordFrames(
            FFmpegFrameRecorder recorder, RecordedFile file, Clip clip, StepListener listener)
            throws IOException {
        ByteBuffer rgb = ByteBuffer.allocateDirect(clip.width() * clip.height() * 3);
        int stride = clip.width() * 3;
        for (int i = 0; i < clip.count(); i++) {
            listener.progress(Stage.WRITE, i, clip.count());
            if (listener.cancelled()) {
                throw new CancelledException();
            }
            rgb.clear().put(clip.rgb(i)).flip();
            recorder.recordImage(
                    clip.width(), clip.height(), 8, 3, stride, avutil.AV_PIX_FMT_RGB24, rgb);
            file.requireWritten();
        }
    }

    private static FFmpegFrameRecorder recorder(RecordedFile file, Clip clip, int quantiser) {
        FFmpegFrameRecorder recorder = new FFmpegFrameRecorder(file, clip.width(), clip.height());
        recorder.setCloseOutputStream(false);
        recorder.setFormat("mp4");
        recorder.setFrameRate(clip.fps());
        recorder.setPixelFormat(avutil.AV_PIX_FMT_YUV420P);
        recorder.setImageScalingFlags(Ffmpeg.SCALING);
        recorder.setVideoCodecName(Ffmpeg.ENCODER);
        recorder.setVideoBitrate(BIT_RATE);
        recorder.setVideoOption("rc_mode", "bitrate");
        recorder.setVideoOption("qmin", Integer.toString(quantiser));
        recorder.setVideoOption("qmax", Integer.toString(quantiser));
        recorder.setVideoOption("profile", "high");
        // What the conversion from RGB does; players guess wrongly for large pictures without it.
        recorder.setVideoOption("colorspace", "smpte170m");
        recorder.setVideoOption("color_primaries", "bt709");
        recorder.setVideoOption("color_trc", "bt709");
        recorder.setVideoOption("color_range", "tv");
        return recorder;
    }
}
