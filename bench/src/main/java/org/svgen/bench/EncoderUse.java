package org.svgen.bench;

import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.svgen.checkpoint.Config;
import org.svgen.checkpoint.WeightSource;
import org.svgen.run.Trial;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.text.ClipConfig;
import org.svgen.text.ClipTextEncoder;
import org.svgen.text.LlamaConfig;
import org.svgen.text.LlamaEncoder;
import org.svgen.text.LlavaConfig;
import org.svgen.text.LlavaEncoder;
import org.svgen.text.T5Config;
import org.svgen.text.T5Encoder;
import org.svgen.vision.ClipVisionConfig;
import org.svgen.vision.ClipVisionEncoder;
import org.svgen.vision.SiglipVisionConfig;
import org.svgen.vision.SiglipVisionEncoder;

/**
 * What the family that has an encoder does with it for one video, so that it can be measured
 * without the family.
 *
 * @param text it encodes prompts, of more or fewer tokens; or else pictures, all alike
 * @param inputs how many of them it encodes, one after the other
 * @param usual tokens of an input in the family, padding included
 * @param most tokens that an input can have
 * @param f32 computed in F32 on every device, or else in the device's type
 * @param loading loads the encoder
 */
record EncoderUse(boolean text, int inputs, int usual, int most, boolean f32, Loading loading) {
    /** Classes of all encoders that can be measured. */
    private static final List<String> CLASSES =
            Stream.of(
                            T5Config.CLASSES,
                            LlamaConfig.CLASSES,
                            LlamaConfig.QWEN_CLASSES,
                            LlavaConfig.CLASSES,
                            ClipConfig.CLASSES,
                            ClipVisionConfig.CLASSES,
                            SiglipVisionConfig.CLASSES)
                    .flatMap(List::stream)
                    .toList();

    /** Tokens of encoders that have no table of places: attention takes their square. */
    static final int MOST = 1 << 12;

    /** CogVideoX's {@code max_text_seq_length}. */
    private static final int COGVIDEOX = 226;

    private static final int WAN = 512;

    /** HunyuanVideo's template and prompt. */
    private static final int HUNYUAN = 95 + 256;

    /** HunyuanVideo's template and prompt beside a picture. */
    private static final int HUNYUAN_PICTURE = 102 + 256;

    /** HunyuanVideo-1.5's template and the longest prompt; shorter ones are not padded. */
    private static final int HUNYUAN_15 = 108 + 1000;

    /** HunyuanVideo takes no more for CLIP, which usually has as many places. */
    private static final int CLIP = 77;

    /** HunyuanVideo does not run Llama's last layers, nor 1.5 those of Qwen. */
    private static final int SKIPPED = 2;

    /** Loads an encoder. */
    interface Loading {
        Encoder load(WeightSource weights, DType activation);
    }

    /** A loaded encoder. */
    interface Encoder {
        /** Takes the memory of an input of so many tokens; what is returned encodes it. */
        Runnable begin(Workspace workspace, int tokens);
    }

    /**
     * @param config an encoder's {@code config.json}
     * @throws BadInputException if it is of no class that is known here, or cannot be run
     */
    static EncoderUse of(Config config) {
        String name = config.requireClass(CLASSES);
        if (T5Config.CLASSES.contains(name)) {
            return t5(T5Config.read(config));
        }
        if (LlamaConfig.CLASSES.contains(name)) {
            return llama(LlamaConfig.read(config), 1, HUNYUAN);
        }
        if (LlamaConfig.QWEN_CLASSES.contains(name)) {
            return llama(LlamaConfig.readQwen(config), 2, HUNYUAN_15);
        }
        if (LlavaConfig.CLASSES.contains(name)) {
            return llava(LlavaConfig.read(config));
        }
        if (ClipConfig.CLASSES.contains(name)) {
            return clip(ClipConfig.read(config));
        }
        return ClipVisionConfig.CLASSES.contains(name)
                ? pictures(ClipVisionConfig.read(config))
                : pictures(SiglipVisionConfig.read(config));
    }

    /** CogVideoX's, or Wan's if it is UMT5: with and without the prompt, as guidance needs. */
    private static EncoderUse t5(T5Config config) {
        boolean umt5 = config.biasInEveryBlock();
        return new EncoderUse(
                true,
                2,
                umt5 ? WAN : COGVIDEOX,
                MOST,
                !umt5,
                (weights, activation) -> {
                    T5Encoder encoder = T5Encoder.load(config, weights, activation);
                    return (ws, tokens) -> {
                        int[] ids = ids(tokens, config.vocabulary());
                        Tensor out = ws.allocate(DType.F32, tokens, config.width());
                        return () -> encoder.encode(ws, ids, tokens, out);
                    };
                });
    }

    private static EncoderUse llama(LlamaConfig config, int inputs, int usual) {
        return new EncoderUse(
                true,
                inputs,
                usual,
                MOST,
                true,
                (weights, _) -> {
                    LlamaEncoder encoder = LlamaEncoder.load(config, weights, SKIPPED);
                    return (ws, tokens) -> {
                        int[] ids = ids(tokens, config.vocabulary());
                        Tensor out = ws.allocate(DType.F32, tokens, config.width());
                        return () -> encoder.encode(ws, ids, tokens, DType.F32, out);
                    };
                });
    }

    /** HunyuanVideo's from an image, whose picture stands at the beginning of a prompt here. */
    private static EncoderUse llava(LlavaConfig config) {
        int picture = config.imageTokens();
        int side = config.vision().imageSize();
        return new EncoderUse(
                true,
                1,
                HUNYUAN_PICTURE + picture,
                MOST,
                true,
                (weights, _) -> {
                    LlavaEncoder encoder = LlavaEncoder.load(config, weights, SKIPPED);
                    return (ws, tokens) -> {
                        int all = Math.max(tokens, picture);
                        int[] ids = ids(all, config.text().vocabulary());
                        Tensor pixels = Trial.random(ws, 3, side, side);
                        Tensor out = ws.allocate(DType.F32, all, config.text().width());
                        return () -> encoder.encode(ws, ids, pixels, 0, DType.F32, out);
                    };
                });
    }

    private static EncoderUse clip(ClipConfig config) {
        return new EncoderUse(
                true,
                1,
                Math.min(CLIP, config.positions()),
                config.positions(),
                true,
                (weights, _) -> {
                    ClipTextEncoder encoder = ClipTextEncoder.load(config, weights);
                    return (ws, tokens) -> {
                        int[] ids = ids(tokens, config.vocabulary());
                        Tensor out = ws.allocate(DType.F32, 1, config.width());
                        return () -> encoder.encode(ws, ids, out);
                    };
                });
    }

    private static EncoderUse pictures(ClipVisionConfig config) {
        return pictures(
                config.tokens(),
                config.width(),
                config.imageSize(),
                weights -> ClipVisionEncoder.load(config, weights)::encode);
    }

    private static EncoderUse pictures(SiglipVisionConfig config) {
        return pictures(
                config.tokens(),
                config.width(),
                config.side(),
                weights -> SiglipVisionEncoder.load(config, weights)::encode);
    }

    /** Encodes a picture [3, side, side] to [tokens, width]. */
    private interface Sight {
        void encode(Workspace workspace, Tensor pixels, Tensor out);
    }

    private static EncoderUse pictures(
            int count, int width, int side, Function<WeightSource, Sight> load) {
        return new EncoderUse(
                false,
                1,
                count,
                count,
                true,
                (weights, _) -> {
                    Sight encoder = load.apply(weights);
                    return (ws, tokens) -> {
                        Tensor pixels = Trial.random(ws, 3, side, side);
                        Tensor out = ws.allocate(DType.F32, tokens, width);
                        return () -> encoder.encode(ws, pixels, out);
                    };
                });
    }

    private static int[] ids(int tokens, int vocabulary) {
        return IntStream.range(0, tokens).map(i -> i % vocabulary).toArray();
    }

    /** What one input is, in a word. */
    String input() {
        return text ? "prompt" : "picture";
    }
}
