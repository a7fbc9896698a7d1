package org.svgen.lab.study;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.svgen.media.Images;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.RequestBuilder;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Field;
import org.svgen.tensor.Tensor;

/** The requests of a study, all checked against its model before the first of them runs. */
final class StudyRequests {
    private final Study study;
    private final VideoPipeline pipeline;
    private final Arena arena;
    private final List<Prompt> prompts;
    private final Map<Path, Tensor> pictures = new HashMap<>();
    private final List<String> notes = new ArrayList<>();

    /**
     * @param arena owns the pictures
     * @throws BadInputException with the place in the study file, if the model cannot make a video
     */
    StudyRequests(Study study, VideoPipeline pipeline, Arena arena) {
        this.study = study;
        this.pipeline = pipeline;
        this.arena = arena;
        this.prompts = prompts(study.prompts(), pipeline.defaults().prompts());
        check();
    }

    private static List<Prompt> prompts(PromptChoice choice, List<String> examples) {
        return switch (choice) {
            case PromptChoice.Given given -> given.prompts();
            case PromptChoice.Examples(var count, String where) -> {
                int most = count.orElse(Math.max(1, examples.size()));
                if (most > examples.size()) {
                    throw new BadInputException(
                            "%s: prompts: expected a list of prompts, for this model has %s; found %s"
                                    .formatted(
                                            where,
                                            examples.isEmpty()
                                                    ? "no examples"
                                                    : examples.size() + " examples",
                                            count.isEmpty() ? "examples" : most));
                }
                yield examples.stream()
                        .limit(most)
                        .map(text -> new Prompt(text, Optional.empty(), Optional.empty(), where))
                        .toList();
            }
        };
    }

    private void check() {
        Pair first = pairs().getFirst();
        Arm reference = study.arms().getFirst();
        Request plain = request(reference, first);
        for (int i = 0; i < prompts.size(); i++) {
            Request request = request(reference, new Pair(i, first.seed()));
            check(request, reference, prompts.get(i).where());
        }
        notes.addAll(pipeline.notes());
        List<String> unused = pipeline.unused(plain);
        List<String> byNone = new ArrayList<>(unused);
        for (Arm arm : study.arms()) {
            Request request = request(arm, first);
            check(request, arm, arm.where());
            List<String> lines = pipeline.unused(request);
            byNone.retainAll(lines);
            lines.stream()
                    .filter(line -> !unused.contains(line))
                    .findFirst()
                    .ifPresent(line -> {
                        throw new BadInputException(
                                "%s: '%s': %s".formatted(arm.where(), arm.name(), line));
                    });
        }
        notes.addAll(byNone);
    }

    /** Names the place of the setting that is wrong, where it is one of the study's. */
    private void check(Request request, Arm arm, String where) {
        try {
            pipeline.check(request);
        } catch (BadInputException e) {
            String place =
                    e.field()
                            .map(field -> study.settings().and(arm.settings()).places().get(field))
                            .orElse(where);
            throw new BadInputException(place + ": " + e.text(name -> Field.words(name, "_")), e);
        }
    }

    List<Prompt> prompts() {
        return prompts;
    }

    /** What of the study the model does not use, and how the model was read. */
    List<String> notes() {
        return notes;
    }

    /** Prompt by prompt, seed by seed. */
    List<Pair> pairs() {
        List<Pair> pairs = new ArrayList<>();
        for (int prompt = 0; prompt < prompts.size(); prompt++) {
            for (long seed : study.seeds()) {
                pairs.add(new Pair(prompt, seed));
            }
        }
        return pairs;
    }

    Request request(Arm arm, Pair pair) {
        Prompt prompt = prompts.get(pair.prompt());
        RequestBuilder request =
                Request.builder(pipeline.defaults())
                        .prompt(prompt.text())
                        .seed(pair.seed())
                        .image(picture(prompt.image()))
                        .lastImage(picture(prompt.lastImage()));
        study.model().dtype().ifPresent(request::dtype);
        study.settings().and(arm.settings()).values().forEach(request::set);
        return request.build();
    }

    private @Nullable Tensor picture(Optional<Path> file) {
        return file.map(path -> pictures.computeIfAbsent(path, p -> Images.read(p, arena)))
                .orElse(null);
    }
}
