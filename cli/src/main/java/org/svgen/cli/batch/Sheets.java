package org.svgen.cli.batch;

import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.svgen.media.ContactSheet;
import org.svgen.media.VideoReader;
import org.svgen.pipeline.Clip;

/**
 * Contact sheets of the rows that have several videos: one below the other, with their settings.
 */
final class Sheets {
    private static final int FRAMES = 6;

    /** Taller pictures are of no use. */
    private static final int MOST_VIDEOS = 40;

    private final Path folder;
    private final VideoNames names;

    Sheets(Path folder, VideoNames names) {
        this.folder = folder;
        this.names = names;
    }

    /** A video that lies in its file. */
    record Shown(BatchTask task, Path file, boolean isNew) {}

    /** Writes the sheets that are missing, or that show a new video; returns all of them. */
    List<Path> write(List<Shown> videos, BatchListener listener) {
        Map<Place, List<Shown>> rows = new LinkedHashMap<>();
        videos.stream()
                .filter(video -> !video.task.varied().isEmpty())
                .forEach(v -> rows.computeIfAbsent(v.task.row(), _ -> new ArrayList<>()).add(v));
        List<Path> sheets = new ArrayList<>();
        rows.forEach((place, shown) -> {
            for (int from = 0; from < shown.size(); from += MOST_VIDEOS) {
                List<Shown> part = shown.subList(from, Math.min(shown.size(), from + MOST_VIDEOS));
                sheets.add(sheet(place, part, from / MOST_VIDEOS, listener));
            }
        });
        return sheets;
    }

    private Path sheet(Place row, List<Shown> videos, int part, BatchListener listener) {
        String name =
                "%s-row-%d%s-sheet.png"
                        .formatted(
                                names.row(videos.getFirst().task),
                                row.line(),
                                part == 0 ? "" : "-" + (part + 1));
        Path file = folder.resolve(name);
        if (!Files.exists(file) || videos.stream().anyMatch(Shown::isNew)) {
            List<BufferedImage> strips = new ArrayList<>();
            for (Shown video : videos) {
                try (Clip clip = VideoReader.read(video.file)) {
                    strips.add(
                            ContactSheet.strip(
                                    new ContactSheet.Row(video.task.variant(), clip), FRAMES, 1));
                }
            }
            ContactSheet.write(file, strips);
            listener.wrote(file);
        }
        return file;
    }
}
