package org.svgen.lab.study;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.svgen.files.Reasons;
import org.svgen.lab.heads.HeadMap;
import org.svgen.media.ContactSheet;
import org.svgen.media.VideoWriter;
import org.svgen.pipeline.Result;
import org.svgen.pipeline.StepListener;
import org.svgen.tensor.SvgenException;
import org.svgen.tensor.random.Seeds;

/** Writes what a study keeps of a run beside its numbers. */
final class RunFiles {
    private static final String PICTURES = "pictures";
    private static final String VIDEOS = "videos";
    private static final int STRIP_FRAMES = 6;
    private static final int KEY_LETTERS = 8;
    private static final int LONGEST_NAME = 40;

    private final Path folder;

    RunFiles(Path folder) {
        this.folder = folder;
    }

    /** {@code p03-s0-svg-density-0.25-1f2e3d4c}: readable, and no other run's. */
    static String stem(Arm arm, Pair pair, String key) {
        String name =
                arm.name()
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^a-z0-9.]+", "-")
                        .replaceAll("^[-.]+|[-.]+$", "");
        String cut = name.substring(0, Math.min(LONGEST_NAME, name.length()));
        return "p%02d-s%s-%s-%s"
                .formatted(
                        pair.prompt() + 1,
                        Seeds.unsigned(pair.seed()),
                        cut,
                        key.substring(0, KEY_LETTERS));
    }

    Map<Picture, String> pictures(String stem, Result result) {
        Map<Picture, String> names = new EnumMap<>(Picture.class);
        String strip = "%s/%s-frames.png".formatted(PICTURES, stem);
        ContactSheet.write(
                in(strip), List.of(new ContactSheet.Row("", result.clip())), STRIP_FRAMES, 1);
        names.put(Picture.FRAMES, strip);
        HeadMap.of(result)
                .ifPresent(map -> {
                    String heads = "%s/%s-heads.png".formatted(PICTURES, stem);
                    map.write(in(heads));
                    names.put(Picture.HEADS, heads);
                });
        return names;
    }

    String video(String stem, Result result, StepListener listener) {
        String name = "%s/%s.mp4".formatted(VIDEOS, stem);
        VideoWriter.to(in(name).toString()).write(result, listener);
        return name;
    }

    boolean has(String name) {
        return Files.isRegularFile(folder.resolve(name));
    }

    private Path in(String name) {
        Path file = folder.resolve(name);
        try {
            Files.createDirectories(file.resolveSibling(""));
            return file;
        } catch (IOException e) {
            throw new SvgenException("cannot write %s: %s".formatted(file, Reasons.of(e)), e);
        }
    }
}
