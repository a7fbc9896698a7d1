package org.svgen.media;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.svgen.files.Place;
import org.svgen.files.Staged;
import org.svgen.pipeline.Clip;
import org.svgen.pipeline.Stage;
import org.svgen.pipeline.StepListener;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.SvgenException;

/** A folder with {@code frame_0000.png} and so on, and the recipe in {@code recipe.json}. */
record PngFolderWriter(Path out) implements VideoWriter {
    static final Pattern FRAME = Pattern.compile("frame_\\d{4,}\\.png");
    static final String RECIPE = "recipe.json";

    @Override
    public void check(int width, int height) {
        Staged.checkParent(out);
        if (Files.exists(out) && !Files.isDirectory(out)) {
            throw new BadInputException(
                    "cannot write %s: expected a folder, found a file".formatted(out));
        }
        if (Files.isDirectory(out)) {
            try (Stream<Path> entries = Files.list(out)) {
                entries.filter(PngFolderWriter::foreign)
                        .findAny()
                        .ifPresent(other -> {
                            throw new BadInputException(
                                    "cannot write %s: the folder is to be replaced and holds %s, which is no frame"
                                            .formatted(out, other.getFileName()));
                        });
            } catch (IOException e) {
                throw new SvgenException("cannot list " + out, e);
            }
        }
    }

    private static boolean foreign(Path file) {
        String name = String.valueOf(file.getFileName());
        return !name.equals(RECIPE) && !FRAME.matcher(name).matches();
    }

    @Override
    public Path write(Clip clip, Map<String, String> metadata, StepListener listener) {
        check(clip.width(), clip.height());
        return Staged.write(
                new Place.Named(out), temporary -> fill(temporary, clip, metadata, listener));
    }

    private static void fill(
            Path folder, Clip clip, Map<String, String> metadata, StepListener listener)
            throws IOException {
        Files.createDirectory(folder);
        EachFrame.run(
                clip.count(),
                listener,
                i -> {
                    Path file = folder.resolve("frame_%04d.png".formatted(i));
                    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file));
                            ImageOutputStream png = new MemoryCacheImageOutputStream(out)) {
                        ImageIO.write(clip.image(i), "png", png);
                    }
                    ReadBack.png(file, clip.width(), clip.height());
                });
        String comment = metadata.get("comment");
        if (comment != null) {
            Files.writeString(folder.resolve(RECIPE), comment + "\n");
        }
        listener.progress(Stage.WRITE, clip.count(), clip.count());
    }
}
