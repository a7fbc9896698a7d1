package org.svgen.server.work;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Map;
import org.svgen.media.Images;
import org.svgen.pipeline.Fields;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.RequestBuilder;
import org.svgen.pipeline.Rules;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Field;
import org.svgen.tensor.Message;
import org.svgen.tensor.Tensor;

/** From what clients ask for to what a model is asked for. */
final class Requests {
    static final String IMAGE = "image";
    static final String LAST_IMAGE = "lastImage";
    private static final int LEAST_SIDE = 16; // of H.264 as players take it

    /** Plans are made while others wait for theirs, and take longer the more frames there are. */
    private static final int MOST_FRAMES = 10_000;

    private Requests() {}

    /**
     * A request that passed all checks.
     *
     * @param settings by the names of {@link RequestBuilder#set(String, Object)}
     * @param pictures files by name
     * @param arena owns the pictures
     * @throws BadInputException if the model cannot make such a video, or no file can hold it
     */
    static Request of(
            VideoPipeline model,
            Map<String, Object> settings,
            Map<String, Path> pictures,
            Arena arena) {
        Request request = built(model, settings, pictures, arena);
        check(model, request);
        return request;
    }

    /**
     * A request that no model was asked about.
     *
     * @throws BadInputException if no model can make it
     */
    static Request built(
            VideoPipeline model,
            Map<String, Object> settings,
            Map<String, Path> pictures,
            Arena arena) {
        RequestBuilder builder = Request.builder(model.defaults());
        settings.forEach(builder::set);
        pictures.forEach((name, file) -> {
            switch (name) {
                case IMAGE -> builder.image(read(Fields.IMAGE, file, arena));
                case LAST_IMAGE -> builder.lastImage(read(Fields.LAST_IMAGE, file, arena));
                default -> throw new BadInputException("there is no picture called " + name);
            }
        });
        Request request = builder.build();
        if (request.frames() > MOST_FRAMES) {
            throw BadInputException.of(
                    Rules.FRAMES.field(), "at most " + MOST_FRAMES, request.frames());
        }
        return request;
    }

    /**
     * @throws BadInputException if the model cannot make such a video, or no file can hold it
     */
    static void check(VideoPipeline model, Request request) {
        model.check(request);
        requireEven(Rules.WIDTH.field(), request.width());
        requireEven(Rules.HEIGHT.field(), request.height());
    }

    /** Who sent it knows the field, and need not know where its bytes are here. */
    private static Tensor read(Field field, Path file, Arena arena) {
        try {
            return Images.read(file, arena);
        } catch (BadInputException e) {
            String reason = String.valueOf(e.getMessage()).replace("image " + file, "it");
            throw BadInputException.of(
                    field,
                    "a picture that can be read",
                    "one that cannot",
                    Message.of("%s: %s", field, reason));
        }
    }

    private static void requireEven(Field field, int value) {
        if (value % 2 != 0 || value < LEAST_SIDE) {
            String expected = "an even number from %d up, as MP4 has it".formatted(LEAST_SIDE);
            throw BadInputException.of(
                    field,
                    expected,
                    value,
                    Message.of("%s %d: expected %s", field, value, expected));
        }
    }
}
