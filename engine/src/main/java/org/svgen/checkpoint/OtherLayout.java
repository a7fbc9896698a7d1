package org.svgen.checkpoint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Models that are not in diffusers' layout: what they are, and the way that works instead. */
public final class OtherLayout {
    private static final Pattern WEIGHTS =
            Pattern.compile("(?i).*\\.(safetensors|gguf|ckpt|pt|pth|bin)");
    private static final Pattern PICKLED = Pattern.compile("(?i).*\\.(ckpt|pt|pth|bin)");
    private static final Pattern COMPONENT =
            Pattern.compile("(diffusion_pytorch_)?model.*\\.safetensors");

    private static final String HUNYUAN = "hunyuanvideo-community/HunyuanVideo";
    private static final Pattern WAN = Pattern.compile("\\bwan([ _.-]?2|-ai|_|-|video)");
    private static final int MAX_FILES = 1000;

    private OtherLayout() {}

    /**
     * {@return true if a file of that name holds weights, in whatever format}
     *
     * @param name of a file
     */
    public static boolean isWeights(String name) {
        return WEIGHTS.matcher(name).matches();
    }

    /**
     * {@return what {@code file}, of which {@link #isWeights} is true, is, and what to do}
     *
     * @param file name of the file
     */
    public static String ofFile(String file) {
        return "%s; %s".formatted(kind(file), way(file.toLowerCase(Locale.ROOT)));
    }

    /**
     * {@return what a repository or folder is that has no {@code model_index.json}, and what to do}
     *
     * @param name of it
     * @param files in it, their folders separated by {@code /}
     */
    public static String of(String name, Collection<String> files) {
        String words = (name + " " + String.join(" ", files)).toLowerCase(Locale.ROOT);
        return what(files).map(what -> what + "; ").orElse("") + way(words);
    }

    /**
     * {@return the same of a folder on disk}
     *
     * @param folder the folder
     */
    public static String of(Path folder) {
        Path above = folder.toAbsolutePath().normalize().getParent();
        if (above != null
                && Files.isRegularFile(above.resolve(ModelFiles.INDEX))
                && Files.isRegularFile(folder.resolve("config.json"))) {
            return "it is one component of the model " + above;
        }
        return of(
                String.valueOf(folder.toAbsolutePath().normalize().getFileName()), filesOf(folder));
    }

    /**
     * {@return what is known of a repository by its name alone, where it cannot be looked at: that
     * its model is there in diffusers' layout under another name}
     *
     * @param repo ORG/NAME on the hub
     */
    public static Optional<String> twin(String repo) {
        return Optional.of(repo.toLowerCase(Locale.ROOT))
                .filter(r -> r.startsWith("tencent/hunyuanvideo") || isWanOriginal(r))
                .map(r -> "%s is not in diffusers' layout; %s".formatted(repo, way(r)));
    }

    private static boolean isWanOriginal(String repo) {
        return repo.startsWith("wan-ai/") && !repo.endsWith("-diffusers");
    }

    /** What {@code file} lies there instead of a component's weights, for messages. */
    static Optional<String> insteadOfWeights(Collection<String> files) {
        return files.stream()
                .filter(OtherLayout::isWeights)
                .sorted()
                .findFirst()
                .map(OtherLayout::inPlace);
    }

    private static String inPlace(String name) {
        String file = Untrusted.oneLine(name);
        if (file.endsWith(".safetensors")) {
            return file + " is there, which is another variant or has another name";
        }
        return "%s is there, %s%s"
                .formatted(
                        file,
                        kind(file),
                        PICKLED.matcher(file).matches()
                                ? "; diffusers' save_pretrained writes it as safetensors"
                                : "");
    }

    private static String kind(String file) {
        String name = file.toLowerCase(Locale.ROOT);
        if (name.endsWith(".gguf")) {
            return "quantised weights (GGUF)";
        }
        return name.endsWith(".safetensors")
                ? "weights in a single file, without the configurations that belong to them"
                : "weights pickled by PyTorch, which are not read since they may run code";
    }

    private static Optional<String> what(Collection<String> files) {
        if (files.contains("config.json")
                && has(files, f -> COMPONENT.matcher(f).matches())
                && !has(files, f -> f.endsWith(".pth"))) {
            return Optional.of("it is one component of a model");
        }
        return files.stream()
                .filter(OtherLayout::isWeights)
                .filter(file -> !file.endsWith(".safetensors") || !file.contains("/"))
                .sorted()
                .findFirst()
                .map(file -> "it holds %s, %s".formatted(Untrusted.oneLine(file), kind(file)));
    }

    private static boolean has(Collection<String> files, Predicate<String> wanted) {
        return files.stream().anyMatch(wanted);
    }

    /** By words of names in lower case: which model is meant, and how svgen takes it. */
    private static String way(String words) {
        if (words.contains("hunyuan")) {
            return "svgen takes HunyuanVideo as " + HUNYUAN;
        }
        if (words.contains("cogvideo")) {
            return "svgen takes CogVideoX in diffusers' layout, such as " + cogVideoX(words);
        }
        if (WAN.matcher(words).find()) {
            return "svgen takes Wan in diffusers' layout, such as " + wan(words);
        }
        return "svgen takes CogVideoX, HunyuanVideo and Wan in diffusers' layout, such as %s, %s or %s"
                .formatted(cogVideoX(words), HUNYUAN, wan(words));
    }

    private static String wan(String words) {
        if (words.matches("(?s).*wan[ _.-]?(video)?[ _.-]?2[._]?2.*")) {
            String task = words.contains("ti2v") ? "TI2V-5B" : input(words) + "-A14B";
            return "Wan-AI/Wan2.2-" + task + "-Diffusers";
        }
        if (words.contains("flf2v")) {
            return "Wan-AI/Wan2.1-FLF2V-14B-720P-diffusers";
        }
        if (input(words).equals("I2V")) {
            String lines = words.contains("720") ? "720P" : "480P";
            return "Wan-AI/Wan2.1-I2V-14B-" + lines + "-Diffusers";
        }
        String size = words.contains("14b") ? "14B" : "1.3B";
        return "Wan-AI/Wan2.1-T2V-" + size + "-Diffusers";
    }

    private static String input(String words) {
        return words.contains("i2v") ? "I2V" : "T2V";
    }

    private static String cogVideoX(String words) {
        String org = words.contains("zai-org") ? "zai-org/" : "THUDM/";
        String image = words.contains("i2v") ? "-I2V" : "";
        if (words.contains("1.5")) {
            return org + "CogVideoX1.5-5B" + image;
        }
        return words.contains("5b") || !image.isEmpty()
                ? org + "CogVideoX-5b" + image
                : org + "CogVideoX-2b";
    }

    /** Names of files in a folder and those directly in it, without those that cannot be read. */
    private static List<String> filesOf(Path folder) {
        List<String> names = new ArrayList<>();
        for (Path entry : entries(folder)) {
            if (Files.isDirectory(entry)) {
                entries(entry).forEach(e -> names.add(entry.getFileName() + "/" + e.getFileName()));
            } else {
                names.add(String.valueOf(entry.getFileName()));
            }
        }
        return names;
    }

    private static List<Path> entries(Path folder) {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.limit(MAX_FILES).toList();
        } catch (IOException | UncheckedIOException e) {
            return List.of();
        }
    }
}
