package org.svgen.lab.study.file;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.svgen.checkpoint.Untrusted;
import org.svgen.lab.study.Arm;
import org.svgen.lab.study.Method.Role;
import org.svgen.lab.study.ModelChoice;
import org.svgen.lab.study.Settings;
import org.svgen.lab.study.Study;
import org.svgen.pipeline.AttentionSettings.Mode;
import org.svgen.pipeline.CacheSettings;
import org.svgen.pipeline.Rules;
import org.svgen.setting.Rule;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;

/** Reads study files; docs/studies.md describes them. */
public final class StudyFile {
    private static final int MOST_BYTES = 1 << 20;
    private static final int MOST_SEEDS = 10_000;
    private static final String DENSE = Mode.DENSE.toString();

    private static final List<String> KEYS =
            Stream.of(
                            List.of("title"),
                            ModelReader.KEYS,
                            List.of(
                                    "prompts",
                                    "seeds",
                                    "settings",
                                    "reference",
                                    "floor",
                                    "methods",
                                    "lpips_weights",
                                    "keep_videos",
                                    "warm_up"))
                    .flatMap(List::stream)
                    .toList();

    private final SettingKeys keys = new SettingKeys();
    private final MethodMatrix matrix = new MethodMatrix(keys);
    private final Section study;
    private final Path folder;

    private StudyFile(Section study, Path folder) {
        this.study = study;
        this.folder = folder;
    }

    /**
     * Reads a study file.
     *
     * @param file YAML in UTF-8, at most 1 MiB
     * @return the study
     * @throws BadInputException with line and column, if it is none
     */
    public static Study read(Path file) {
        Objects.requireNonNull(file, "file");
        byte[] bytes = Untrusted.bytes(file, MOST_BYTES);
        try {
            String text =
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            return parse(file.toString(), text, file.toAbsolutePath().resolveSibling(""));
        } catch (CharacterCodingException e) {
            throw new BadInputException("%s: expected UTF-8".formatted(file), e);
        }
    }

    /**
     * Reads the text of a study file.
     *
     * @param name of the file, for messages
     * @param text of it
     * @param folder from which names of pictures go
     * @return the study
     * @throws BadInputException with line and column, if it is none
     */
    public static Study parse(String name, String text, Path folder) {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(text, "text");
        Objects.requireNonNull(folder, "folder");
        Section study = Section.of(YamlReader.read(name, text), "a study", KEYS);
        return new StudyFile(study, folder).study(name);
    }

    private Study study(String name) {
        ModelChoice model = new ModelReader(study).read();
        List<Arm> arms = new ArrayList<>();
        Arm reference = reference(name);
        arms.add(reference);
        floor(reference).ifPresent(arms::add);
        arms.addAll(matrix.methods(study.require("methods", "names with their settings")));
        requireNames(arms);
        requireOneNoise(model, arms);
        return new Study(
                study.text("title").orElse(name),
                model,
                new PromptReader(folder).read(study.require("prompts", "prompts")),
                seeds(),
                common(),
                arms,
                new Study.Extras(
                        study.text("lpips_weights"),
                        study.flag("keep_videos", false),
                        study.flag("warm_up", true)));
    }

    private List<Long> seeds() {
        Optional<Yaml> found = study.find("seeds");
        if (found.isEmpty()) {
            return List.of(0L);
        }
        Yaml yaml = found.get();
        OptionalInt count = Section.asCount(yaml, MOST_SEEDS);
        if (count.isPresent()) {
            return LongStream.range(0, count.getAsInt()).boxed().toList();
        }
        if (!(yaml instanceof Yaml.Items list) || list.items().isEmpty()) {
            throw yaml.place().wrong("seeds", "how many, or a list of seeds", yaml);
        }
        List<Long> seeds = new ArrayList<>();
        for (Yaml item : list.items()) {
            Optional<Long> seed =
                    item instanceof Yaml.Plain plain
                            ? Rules.SEED.values().read(plain.value())
                            : Optional.empty();
            if (seed.isEmpty()) {
                throw item.place().wrong("seeds", Rules.SEED.expected(), item);
            }
            if (seeds.contains(seed.get())) {
                throw item.place().wrong("seeds: given twice: " + item.said());
            }
            seeds.add(seed.get());
        }
        return seeds;
    }

    private Settings common() {
        Optional<Yaml> found = study.find("settings");
        if (found.isEmpty()) {
            return Settings.NONE;
        }
        if (!(found.get() instanceof Yaml.Fields fields)) {
            throw found.get().place().wrong("settings", "keys with values", found.get());
        }
        Map<String, Object> values = new LinkedHashMap<>();
        Map<String, String> places = new LinkedHashMap<>();
        fields.entries()
                .forEach((key, entry) -> {
                    Section.requireKnown(key, entry.key(), keys.keys());
                    Rule<?> rule = keys.rule(key);
                    values.put(rule.name(), SettingKeys.value(rule, entry.value()));
                    places.put(rule.name(), entry.key().toString());
                });
        return new Settings(values, places);
    }

    private Arm reference(String name) {
        Optional<Yaml> found = study.find("reference");
        Settings settings =
                found.map(yaml -> matrix.settings("reference", yaml))
                        .orElseGet(() -> new Settings(attention(DENSE), Map.of()));
        boolean dense = settings.values().equals(attention(DENSE));
        return new Arm(
                dense ? DENSE : "reference",
                Role.REFERENCE,
                everyStep(settings),
                found.map(yaml -> yaml.place().toString()).orElse(name));
    }

    /** What others are compared with skips no step, unless it says so itself. */
    private static Settings everyStep(Settings settings) {
        String cache = Rules.CACHE.name();
        return settings.values().containsKey(cache)
                ? settings
                : settings.and(
                        new Settings(Map.of(cache, CacheSettings.Kind.NONE.toString()), Map.of()));
    }

    private static Map<String, Object> attention(String mode) {
        return Map.of(Rules.ATTENTION.name(), mode);
    }

    private Optional<Arm> floor(Arm reference) {
        Optional<Yaml> found = study.find("floor");
        if (found.isEmpty()) {
            return Optional.empty();
        }
        Yaml yaml = found.get();
        Optional<Boolean> flag = Section.asFlag(yaml);
        if (flag.isPresent() && !flag.get()) {
            return Optional.empty();
        }
        if (flag.isPresent() && !reference.name().equals(DENSE)) {
            throw yaml.place()
                    .wrong("floor", "settings or no, for the reference is not dense", yaml);
        }
        Settings settings =
                flag.isPresent() ? denseInAnotherOrder() : matrix.settings("floor", yaml);
        return Optional.of(
                new Arm("floor", Role.FLOOR, everyStep(settings), yaml.place().toString()));
    }

    /** Every head a temporal band of all keys: the same sums, added up token by token. */
    private static Settings denseInAnotherOrder() {
        Map<String, Object> values = new LinkedHashMap<>(attention(Mode.TEMPORAL.toString()));
        values.put(Rules.DENSITY.name(), 1.0);
        values.put(Rules.DENSE_STEPS.name(), "0");
        values.put(Rules.DENSE_LAYERS.name(), "0");
        return new Settings(values, Map.of());
    }

    /** Noise in bf16 is other noise, and videos of other noise cannot be compared. */
    private static void requireOneNoise(ModelChoice model, List<Arm> arms) {
        for (Arm arm : arms) {
            String place = arm.settings().places().get(Rules.DTYPE.name());
            if (place != null && model.dtype().equals(Optional.of(DType.BF16))) {
                throw new BadInputException(
                        "%s: dtype: expected none beside dtype bf16 of the study, whose noise is another, found fp8"
                                .formatted(place));
            }
        }
    }

    private static void requireNames(List<Arm> arms) {
        Set<String> names = new HashSet<>();
        for (Arm arm : arms) {
            if (!names.add(arm.name())) {
                throw new BadInputException(
                        "%s: methods: two are called '%s'; the reference is called %s, the floor 'floor'"
                                .formatted(arm.where(), arm.name(), arms.getFirst().name()));
            }
        }
    }
}
