package org.svgen.server.work;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.svgen.pipeline.Pictures;
import org.svgen.pipeline.Recipe;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Rules;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.pipeline.VideoSize;
import org.svgen.setting.Rule;

/** What clients are told of a model. */
final class Cards {
    /** Sizes that people ask for. */
    private static final int[][] USUAL = {
        {1920, 1080},
        {1280, 720},
        {1024, 1024},
        {1360, 768},
        {960, 544},
        {832, 480},
        {720, 480},
        {768, 512},
        {640, 640},
        {512, 512},
        {480, 480},
        {320, 320},
        {256, 256}
    };

    /** Models do best near the number of pixels that they recommend. */
    private static final double LEAST_PIXELS = 0.4;

    private static final double MOST_PIXELS = 1.3;

    private Cards() {}

    static ModelCard of(ModelSource source, VideoPipeline model, boolean loaded) {
        return new ModelCard(
                source.name(),
                task(model.pictures()),
                model.pictures(),
                sizes(model),
                defaults(model),
                source.licence(),
                source.createdAt(),
                model.defaults().prompts(),
                loaded);
    }

    private static String task(Pictures pictures) {
        if (pictures.last() == Pictures.Use.NEEDED) {
            return "first-last-frame-to-video";
        }
        return pictures.needed() ? "image-to-video" : "text-to-video";
    }

    /** Fields by their names in Java, but for what a request is about. */
    private static Map<String, Object> defaults(VideoPipeline model) {
        Request request = Blank.request(model);
        Map<String, Object> byKey = Recipe.fieldsOf(request);
        Map<String, Object> defaults = new LinkedHashMap<>();
        for (Rule<?> rule : Rules.all()) {
            Object value = byKey.get(rule.key());
            boolean content = rule.equals(Rules.PROMPT) || rule.equals(Rules.SEED);
            boolean number = !Double.valueOf(Double.POSITIVE_INFINITY).equals(value);
            if (value != null && !content && number) {
                defaults.put(rule.name(), value);
            }
        }
        defaults.putAll(model.defaults().settings().values());
        return defaults;
    }

    private static List<String> sizes(VideoPipeline model) {
        VideoSize own = model.defaults().video();
        NearestSize nearest = new NearestSize(model);
        Set<String> sizes = new LinkedHashSet<>();
        sizes.add(text(own));
        List<int[]> wanted = new ArrayList<>(List.of(new int[] {own.height(), own.width()}));
        for (int[] usual : USUAL) {
            double pixels = (double) usual[0] * usual[1] / own.width() / own.height();
            if (pixels >= LEAST_PIXELS && pixels <= MOST_PIXELS) {
                wanted.add(usual);
                wanted.add(new int[] {usual[1], usual[0]});
            }
        }
        for (int[] size : wanted) {
            VideoSize asked = new VideoSize(size[0], size[1], own.frames(), own.fps());
            if (nearest.to(asked).equals(asked)) {
                sizes.add(text(asked));
            }
        }
        return List.copyOf(sizes);
    }

    private static String text(VideoSize size) {
        return "%dx%d".formatted(size.width(), size.height());
    }
}
