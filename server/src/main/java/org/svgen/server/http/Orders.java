package org.svgen.server.http;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.svgen.pipeline.TooLargeException;
import org.svgen.pipeline.VideoSize;
import org.svgen.server.job.Job;
import org.svgen.server.wire.Problem;
import org.svgen.server.wire.Refusal;
import org.svgen.server.wire.Wish;
import org.svgen.server.work.Checked;
import org.svgen.server.work.ModelCard;
import org.svgen.server.work.ModelDesk;
import org.svgen.server.work.Order;
import org.svgen.tensor.BadInputException;

/**
 * Makes orders of wishes: the model by its name or an alias, the number of frames from a length,
 * the nearest size where an operator wants that.
 *
 * @param aliases other names of models
 * @param fitSize whether a size that a model does not make becomes the nearest that it makes
 */
record Orders(ModelDesk desk, Map<String, String> aliases, boolean fitSize) {
    private static final String WIDTH = "width";
    private static final String HEIGHT = "height";
    private static final String FRAMES = "frames";
    private static final String FPS = "fps";
    private static final String SEED = "seed";

    /**
     * {@return what a model can make of a wish}
     *
     * @param earlier the job that the wish varies; none for a new video
     * @param pictures files by their names in orders
     * @param mustFit whether one that finds no room on the device is refused
     * @throws Refusal naming the field that is wrong
     */
    Prepared prepare(
            Wish wish, Optional<Job> earlier, Map<String, Path> pictures, boolean mustFit) {
        ModelCard card = model(wish.model().or(() -> earlier.map(Job::model)));
        String prompt =
                wish.prompt()
                        .orElseThrow(() ->
                                new Refusal(Problem.value("prompt", "prompt: it is missing")));
        List<String> warnings = new ArrayList<>(wish.extras().ignored());
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("prompt", prompt);
        settings.putAll(wish.over(earlier.map(Orders::settings).orElseGet(Map::of)));
        size(wish, card, settings, warnings);
        settings.putIfAbsent(SEED, 0);
        Order order = new Order(card.name(), settings, pictures);
        try {
            Checked checked = desk.check(order);
            warnings.addAll(checked.warnings());
            return new Prepared(
                    wish, order, complete(settings, checked), warnings, checked.recipeHash());
        } catch (TooLargeException e) {
            if (mustFit) {
                throw wrong(wish, e);
            }
            return new Prepared(wish, order, settings, warnings, "");
        } catch (BadInputException e) {
            throw wrong(wish, e);
        }
    }

    private static Map<String, Object> settings(Job earlier) {
        Map<String, Object> settings = new HashMap<>(earlier.request().settings());
        settings.remove("prompt");
        return settings;
    }

    static Refusal wrong(Wish wish, BadInputException e) {
        String message = e.text(wish::name);
        return new Refusal(
                e.field()
                        .map(field -> Problem.value(wish.name(field), message))
                        .orElseGet(() -> Problem.value(message)));
    }

    /**
     * {@return the model that is meant}
     *
     * @param wanted its name or alias; none means the first
     */
    ModelCard model(Optional<String> wanted) {
        List<ModelCard> models = desk.models();
        if (wanted.isEmpty()) {
            return models.getFirst();
        }
        return find(wanted.get())
                .or(() -> Optional.ofNullable(aliases.get(wanted.get())).flatMap(this::find))
                .orElseThrow(() -> new Refusal(Problem.model(unknown(models))));
    }

    Optional<ModelCard> find(String name) {
        return desk.models().stream().filter(card -> card.name().equals(name)).findFirst();
    }

    private static String unknown(List<ModelCard> models) {
        return "model: there is none of this name; there is "
                + models.stream().map(ModelCard::name).collect(Collectors.joining(", "));
    }

    private void size(
            Wish wish, ModelCard card, Map<String, Object> settings, List<String> warnings) {
        boolean framesToFind = wish.length().isPresent() && !wish.settings().containsKey(FRAMES);
        boolean sizeToFit = fitSize && wish.settings().containsKey(WIDTH);
        if (wish.length().isPresent() && !framesToFind) {
            warnings.add("ignored: seconds, since num_frames says how long the video is");
        }
        if (!framesToFind && !sizeToFit) {
            return;
        }
        double fps = number(FPS, settings, card);
        long frames =
                framesToFind
                        ? Math.max(1, Math.round(wish.length().getAsDouble() * fps))
                        : (long) number(FRAMES, settings, card);
        VideoSize wanted =
                new VideoSize(
                        (int) number(WIDTH, settings, card),
                        (int) number(HEIGHT, settings, card),
                        (int) Math.min(frames, Integer.MAX_VALUE),
                        fps);
        VideoSize nearest = nearest(wish, card, wanted);
        if (framesToFind) {
            settings.put(FRAMES, nearest.frames());
        }
        if (sizeToFit
                && (nearest.width() != wanted.width() || nearest.height() != wanted.height())) {
            settings.put(WIDTH, nearest.width());
            settings.put(HEIGHT, nearest.height());
            warnings.add(
                    "size: %dx%d, the nearest that %s makes to %dx%d"
                            .formatted(
                                    nearest.width(),
                                    nearest.height(),
                                    card.name(),
                                    wanted.width(),
                                    wanted.height()));
        }
    }

    private VideoSize nearest(Wish wish, ModelCard card, VideoSize wanted) {
        try {
            return desk.nearest(card.name(), wanted);
        } catch (BadInputException e) {
            throw wrong(wish, e);
        }
    }

    private static double number(String name, Map<String, Object> settings, ModelCard card) {
        Object value = settings.getOrDefault(name, card.defaults().get(name));
        return value instanceof Number number ? number.doubleValue() : 1;
    }

    /** So that a later change of a model's defaults does not change what was taken. */
    private static Map<String, Object> complete(Map<String, Object> settings, Checked checked) {
        Map<String, Object> all = new LinkedHashMap<>(settings);
        all.put(WIDTH, checked.width());
        all.put(HEIGHT, checked.height());
        all.put(FRAMES, checked.frames());
        all.put(FPS, checked.fps());
        all.put("steps", checked.steps());
        return all;
    }
}
