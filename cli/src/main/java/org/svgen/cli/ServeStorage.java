package org.svgen.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.svgen.pipeline.ByteCount;
import org.svgen.server.blob.BlobPlaces;
import org.svgen.tensor.Field;
import picocli.CommandLine.Option;

/** Where a service keeps jobs and videos, and for how long. */
final class ServeStorage {
    private static final Field KEEP = new Field("keep");
    private static final Field KEEP_BYTES = new Field("keepBytes");
    private static final Field DISK_RESERVE = new Field("diskReserve");

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description =
                    "The folder for jobs and videos; one service at a time uses it. Default: svgen in the"
                            + " place where this system keeps the data of programs.")
    @Nullable Path data;

    @Option(
            names = "--store",
            paramLabel = "postgres://...",
            description =
                    "Keep jobs in a PostgreSQL database, which services on several machines may share."
                            + " Default: in the data folder.")
    @Nullable String store;

    @Option(
            names = "--blobs",
            paramLabel = "PLACE",
            description =
                    "Keep videos, pictures and checkpoints in this folder, or in S3 by"
                            + " s3://BUCKET/PREFIX; all services of one --store must reach it."
                            + " Default: in the data folder.")
    @Nullable String blobs;

    @Option(
            names = "--keep",
            paramLabel = "TIME",
            description =
                    "Remove videos so long after they were made, such as 12h or 7d; their records stay 30"
                            + " days longer. Default: keep them.")
    @Nullable String keep;

    @Option(
            names = "--keep-bytes",
            paramLabel = "BYTES",
            description = "Remove the oldest videos where all take more than this, such as 50G.")
    @Nullable String keepBytes;

    @Option(
            names = "--disk-reserve",
            paramLabel = "BYTES",
            description =
                    "Take nothing new and let runs wait while the disk has less room than this. Default:"
                            + " 1 GiB, or 5 %% of a smaller disk.")
    @Nullable String diskReserve;

    void check() {
        blobs();
        keep();
        keepBytes();
        diskReserve();
    }

    /** The data folder: the one that was named, else where systems have it. */
    Path data(Environment environment) {
        return data != null
                ? data
                : place(
                        System.getProperty("os.name", ""),
                        environment.variables(),
                        environment.home());
    }

    static Path place(String system, Map<String, String> variables, Path home) {
        String os = system.toLowerCase(Locale.ROOT);
        if (os.startsWith("mac")) {
            return home.resolve("Library/Application Support/svgen");
        }
        String local = variables.getOrDefault("LOCALAPPDATA", "");
        if (os.startsWith("windows") && !local.isEmpty()) {
            return Path.of(local).resolve("svgen");
        }
        String xdg = variables.getOrDefault("XDG_DATA_HOME", "");
        return (xdg.startsWith("/") ? Path.of(xdg) : home.resolve(".local/share")).resolve("svgen");
    }

    Optional<String> blobs() {
        return Optional.ofNullable(blobs).map(BlobPlaces::checked);
    }

    Optional<Duration> keep() {
        return Optional.ofNullable(keep).map(text -> TimeSpans.parse(KEEP, text));
    }

    OptionalLong keepBytes() {
        return bytes(KEEP_BYTES, keepBytes);
    }

    OptionalLong diskReserve() {
        return bytes(DISK_RESERVE, diskReserve);
    }

    private static OptionalLong bytes(Field field, @Nullable String text) {
        return text == null ? OptionalLong.empty() : OptionalLong.of(ByteCount.parse(field, text));
    }
}
