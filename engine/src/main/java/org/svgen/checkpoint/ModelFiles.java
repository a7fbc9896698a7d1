package org.svgen.checkpoint;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.svgen.checkpoint.Checkpoint.Component;
import org.svgen.tensor.BadInputException;

/**
 * Which files of a model in diffusers' layout a pipeline reads. The same rules choose what to
 * download and check whether a folder is complete, so the two cannot disagree.
 *
 * @param pipelineClass the diffusers class that {@code model_index.json} names
 * @param files names of those that are there, separated by {@code /}, the index first
 * @param missing names of those that should be there and are not
 * @param instead what lies there in their place, in words; may be empty
 */
public record ModelFiles(
        String pipelineClass, List<String> files, List<String> missing, String instead) {
    /** The file in which every model begins. */
    public static final String INDEX = "model_index.json";

    /** Our own recommendations, where a model has them. */
    private static final String RECOMMENDED = "svgen.json";

    /** Small files of a component: all that say how to read it. */
    private static final String CONFIGURATION = "[^.].*\\.(json|txt|model|jinja)";

    /** Lists of shards, be they of weights we read, of a variant or of another format. */
    private static final String SHARD_LIST = ".*\\.index\\.(.+\\.)?json";

    private static final int MAX_NAMED_FILES = 4;

    /** Where the files are: a folder, or a repository that is not here yet. */
    public interface Source {
        /** {@return what messages call the place} */
        Path place();

        /**
         * {@return true if there is a file of that name, whose folders are separated by {@code /}}
         *
         * @param name of a file, its folders separated by /
         */
        boolean has(String name);

        /**
         * {@return names of the files that lie directly in the folder {@code component}, without
         * it}
         *
         * @param component such as transformer or vae
         */
        Set<String> filesIn(String component);

        /**
         * {@return the content of a file that is there and small}
         *
         * @param name of a file, its folders separated by /
         */
        byte[] read(String name);
    }

    /**
     * What the pipeline needs of a model.
     *
     * @param source a folder on disk or a repository
     * @param used the components that the pipeline of a class reads; throws if it knows no such
     *     class
     * @return the files, present and missing
     * @throws BadInputException if an index is malformed or the class is unknown
     */
    public static ModelFiles of(Source source, Function<String, Set<String>> used) {
        return of(source, used, Set.of());
    }

    /**
     * {@return the same where the weights of some components are elsewhere}
     *
     * @param source a folder on disk or a repository
     * @param used the components that the pipeline of a class reads
     * @param elsewhere components of which only the configuration is needed
     */
    public static ModelFiles of(
            Source source, Function<String, Set<String>> used, Set<String> elsewhere) {
        if (!source.has(INDEX)) {
            return new ModelFiles("", List.of(), List.of(INDEX), "");
        }
        Config index = Config.parse(source.place().resolve(INDEX), source.read(INDEX));
        String pipelineClass = index.className();
        Set<String> wanted = used(used, pipelineClass, index);
        Collector found = new Collector(source, elsewhere);
        found.require(INDEX);
        if (source.has(RECOMMENDED)) {
            found.require(RECOMMENDED);
        }
        for (Map.Entry<String, Component> entry : ModelIndex.components(index).entrySet()) {
            if (wanted.contains(entry.getKey())) {
                found.component(entry.getKey(), entry.getValue());
            }
        }
        return new ModelFiles(
                pipelineClass, List.copyOf(found.files), List.copyOf(found.missing), found.instead);
    }

    /**
     * {@return the same for a folder on disk}
     *
     * @param folder a model's folder in diffusers' layout
     * @param used the components that the pipeline of a class reads; throws if it knows no such
     *     class
     */
    public static ModelFiles of(Path folder, Function<String, Set<String>> used) {
        return of(folder, used, Set.of());
    }

    /**
     * {@return the same where the weights of some components are elsewhere}
     *
     * @param folder a model's folder in diffusers' layout
     * @param used the components that the pipeline of a class reads
     * @param elsewhere components of which only the configuration is needed
     */
    public static ModelFiles of(
            Path folder, Function<String, Set<String>> used, Set<String> elsewhere) {
        return of(new FolderSource(folder), used, elsewhere);
    }

    /**
     * Ends where something is missing.
     *
     * @param place what the message calls the folder
     * @throws BadInputException naming the missing files, if there are any
     */
    public void requireComplete(Object place) {
        if (!missing.isEmpty()) {
            throw new BadInputException("%s: %s".formatted(place, missingText()));
        }
    }

    /**
     * {@return the size of all files that are in {@code folder}}
     *
     * @param folder a model's folder in diffusers' layout
     */
    public long bytes(Path folder) {
        return files.stream().mapToLong(f -> folder.resolve(f).toFile().length()).sum();
    }

    /** {@return {@code 5 files are missing: vae/config.json, ..., and 2 more}} */
    public String missingText() {
        int more = missing.size() - MAX_NAMED_FILES;
        return "%d %s missing: %s%s%s"
                .formatted(
                        missing.size(),
                        missing.size() == 1 ? "file is" : "files are",
                        String.join(
                                ", ",
                                missing.subList(0, Math.min(MAX_NAMED_FILES, missing.size()))),
                        more > 0 ? " and %d more".formatted(more) : "",
                        instead.isEmpty() ? "" : "; " + instead);
    }

    private static Set<String> used(
            Function<String, Set<String>> used, String pipelineClass, Config index) {
        try {
            return used.apply(pipelineClass);
        } catch (BadInputException e) {
            throw new BadInputException(index.file() + ": " + e.getMessage(), e);
        }
    }

    private static final class Collector {
        private final Source source;
        private final Set<String> files = new LinkedHashSet<>();
        private final List<String> missing = new ArrayList<>();
        private final Set<String> elsewhere;
        private String instead = ""; // of weights: the first that were found

        Collector(Source source, Set<String> elsewhere) {
            this.source = source;
            this.elsewhere = elsewhere;
        }

        void require(String name) {
            if (source.has(name)) {
                files.add(name);
            } else {
                missing.add(name);
            }
        }

        void component(String name, Component component) {
            String in = name + "/";
            for (String file : new TreeSet<>(source.filesIn(name))) {
                if (file.matches(CONFIGURATION) && !file.matches(SHARD_LIST)) {
                    files.add(in + file);
                }
            }
            String type = component.className();
            if (type.endsWith("Scheduler")) {
                require(in + "scheduler_config.json");
            } else if (type.contains("Tokenizer")) {
                tokenizer(in, type);
            } else if (type.endsWith("Processor") || type.endsWith("FeatureExtractor")) {
                require(in + "preprocessor_config.json");
            } else if (type.endsWith("Guidance")) {
                require(in + "guider_config.json");
            } else {
                require(in + "config.json");
                if (!elsewhere.contains(name)) {
                    weights(in, component);
                }
            }
        }

        /** A vocabulary in one of the forms that tokenizers come in. */
        private void tokenizer(String in, String type) {
            Predicate<String> has = name -> source.has(in + name);
            if (TokenizerFiles.choose(type, has).isEmpty()) {
                TokenizerFiles.missing(type, has).forEach(name -> missing.add(in + name));
            }
        }

        /** The files of one set of weights, which {@link Checkpoint} would choose too. */
        private void weights(String in, Component component) {
            Optional<WeightFile> chosen =
                    WeightFile.choose(
                            name -> source.has(in + name),
                            index -> filesOfTensors(in + index).values());
            if (chosen.isPresent()) {
                require(in + chosen.get().name());
                if (chosen.get().isIndex()) {
                    shards(in, chosen.get().name());
                }
                return;
            }
            if (instead.isEmpty()) {
                Set<String> there =
                        source.filesIn(in.substring(0, in.length() - 1)).stream()
                                .map(file -> in + file)
                                .collect(Collectors.toSet());
                instead = OtherLayout.insteadOfWeights(there).orElse("");
            }
            missing.add(
                    in
                            + (component.library().equals("diffusers")
                                    ? "diffusion_pytorch_model.safetensors"
                                    : "model.safetensors"));
        }

        private void shards(String in, String index) {
            new TreeSet<>(filesOfTensors(in + index).values())
                    .forEach(shard -> require(in + shard));
        }

        private Map<String, String> filesOfTensors(String index) {
            return ShardIndex.parse(source.place().resolve(index), source.read(index));
        }
    }
}
