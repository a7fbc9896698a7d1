package org.svgen.server.blob;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Field;

/** Opens the place of the jobs' files: a folder, or a bucket of S3. */
public final class BlobPlaces {
    static final Field FIELD = new Field("blobs");
    private static final String EXPECTED = "a folder, or s3://BUCKET/PREFIX";
    private static final Pattern URL = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]+:/.*");

    private BlobPlaces() {}

    /**
     * Opens the place that an operator has named, or a folder of this machine.
     *
     * @param place a folder, or {@code s3://BUCKET/PREFIX?endpoint=URL&region=NAME&path-style=true}
     *     of which all behind the bucket may be missing; none for the folder
     * @param folder of this machine
     * @return the files there, for the caller to close
     * @throws BadInputException in one line, if the place has no such form, is not there, cannot be
     *     reached or written
     */
    public static Blobs open(Optional<String> place, Path folder) {
        Objects.requireNonNull(place, "place");
        Objects.requireNonNull(folder, "folder");
        if (place.isEmpty()) {
            return FolderBlobs.open(folder);
        }
        return isBucket(place.get())
                ? S3Opening.open(S3Address.parse(place.get()))
                : FolderBlobs.open(path(place.get()));
    }

    /**
     * Checks the form of a place, and looks for nothing.
     *
     * @param place as {@link #open} takes it
     * @return the same
     * @throws BadInputException if it is none; the message holds no password
     */
    public static String checked(String place) {
        Objects.requireNonNull(place, "place");
        Object _ = isBucket(place) ? S3Address.parse(place) : path(place);
        return place;
    }

    private static Path path(String place) {
        if (URL.matcher(place).matches()) {
            String scheme = place.substring(0, place.indexOf(':'));
            throw BadInputException.of(FIELD, EXPECTED, scheme + ":...");
        }
        try {
            return Path.of(place);
        } catch (InvalidPathException e) {
            throw BadInputException.of(FIELD, EXPECTED, place);
        }
    }

    private static boolean isBucket(String place) {
        return place.startsWith(S3Address.SCHEME);
    }
}
