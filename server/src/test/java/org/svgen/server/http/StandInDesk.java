package org.svgen.server.http;

import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.svgen.pipeline.Pictures;
import org.svgen.pipeline.Rules;
import org.svgen.pipeline.VideoSize;
import org.svgen.server.work.Alternative;
import org.svgen.server.work.Checked;
import org.svgen.server.work.Foreseen;
import org.svgen.server.work.ModelCard;
import org.svgen.server.work.ModelDesk;
import org.svgen.server.work.Order;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Field;

/**
 * Knows two models without opening any: {@code demo}, which makes sizes of whole tens and 4k + 1
 * frames of texts, and {@code animator}, which starts from a picture.
 */
final class StandInDesk implements ModelDesk {
    static final String DEMO = "demo";
    static final String ANIMATOR = "lab/animator";
    private static final int LARGEST = 200;

    @Override
    public List<ModelCard> models() {
        return List.of(
                card(DEMO, "text-to-video", Pictures.NONE),
                card(ANIMATOR, "image-to-video", Pictures.FIRST_AND_PERHAPS_LAST));
    }

    private static ModelCard card(String name, String task, Pictures pictures) {
        return new ModelCard(
                name,
                task,
                pictures,
                List.of("160x160"),
                Map.of("width", 160, "height", 160, "frames", 9, "fps", 8.0, "steps", 4),
                "Apache-2.0",
                1_700_000_000,
                List.of("a red square"),
                true);
    }

    @Override
    public Checked check(Order order) {
        int width = whole(order, "width", 160);
        int height = whole(order, "height", 160);
        int frames = whole(order, "frames", 9);
        if (width % 10 != 0 || width > LARGEST) {
            throw BadInputException.of(Rules.WIDTH.field(), "a multiple of 10 up to 200", width);
        }
        if (height % 10 != 0 || height > LARGEST) {
            throw BadInputException.of(Rules.HEIGHT.field(), "a multiple of 10 up to 200", height);
        }
        if (frames % 4 != 1) {
            throw BadInputException.of(Rules.FRAMES.field(), "4k + 1", frames);
        }
        boolean picture = order.pictures().containsKey("image");
        if (picture != order.model().equals(ANIMATOR)) {
            throw BadInputException.of(
                    new Field("image"),
                    picture ? "none" : "a picture",
                    picture ? "a picture" : "none");
        }
        return new Checked(
                width,
                height,
                frames,
                8.0,
                whole(order, "steps", 4),
                List.of(),
                Integer.toHexString(order.settings().hashCode()));
    }

    private static int whole(Order order, String name, int otherwise) {
        return order.settings().get(name) instanceof Integer number ? number : otherwise;
    }

    @Override
    public Foreseen plan(Order order) {
        boolean fits = whole(order, "frames", 9) < 100;
        return new Foreseen(
                fits,
                fits ? "" : "too many frames",
                fits ? List.of() : List.of(new Alternative("97 frames", Map.of("frames", 97))),
                400,
                OptionalDouble.of(2),
                OptionalDouble.of(1),
                OptionalDouble.of(3),
                1 << 20,
                1 << 10,
                List.of(Map.of("stage", "denoise")));
    }

    @Override
    public VideoSize nearest(String model, VideoSize wanted) {
        return new VideoSize(
                Math.clamp(Math.round(wanted.width() / 10.0) * 10, 10, LARGEST),
                Math.clamp(Math.round(wanted.height() / 10.0) * 10, 10, LARGEST),
                Math.max(0, Math.round((wanted.frames() - 1) / 4f)) * 4 + 1,
                wanted.fps());
    }

    @Override
    public OptionalDouble waitSeconds(String model, int jobsBefore) {
        return OptionalDouble.of(30.0 * jobsBefore);
    }
}
