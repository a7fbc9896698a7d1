package org.svgen.server.wire;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Finds the pictures among the fields of a request: as files, or as addresses. */
final class PictureFields {
    private static final String FIRST = "image";
    private static final String LAST = "lastImage";

    /** Names of fields, and the pictures that they bring. */
    private static final Map<String, String> NAMES =
            Map.of(
                    "input_reference", FIRST,
                    "image_reference", FIRST,
                    "reference_url", FIRST,
                    "image", FIRST,
                    "image_url", FIRST,
                    "last_image", LAST);

    private final Map<String, PictureSource> found = new LinkedHashMap<>();

    Map<String, PictureSource> found() {
        return found;
    }

    /** A file, which some clients call {@code image[]}. */
    void file(String sent, Upload file) {
        String name = sent.endsWith("[]") ? sent.substring(0, sent.length() - 2) : sent;
        String picture = NAMES.get(name);
        if (picture == null) {
            throw new Refusal(
                    Problem.value(sent, "%s: no file is taken by this name".formatted(sent)));
        }
        put(picture, new PictureSource.Sent(sent, file));
    }

    /**
     * @return whether the field is one of a picture
     */
    boolean take(String name, GivenValue value) {
        Optional<String> picture = Optional.ofNullable(NAMES.get(name));
        picture.ifPresent(p -> put(p, new PictureSource.Linked(value.sent(), address(value))));
        return picture.isPresent();
    }

    private static String address(GivenValue value) {
        if (!(value.value() instanceof Map<?, ?> map)) {
            return requireAddress(value.sent(), value.text());
        }
        if (map.get("file_id") != null) {
            String sent = value.sent() + ".file_id";
            throw new Refusal(
                    Problem.value(
                            sent, sent + ": no files are kept here; send the picture itself"));
        }
        Object inner = map.get("image_url");
        String sent = value.sent() + ".image_url";
        if (inner instanceof Map<?, ?> nested) {
            inner = nested.get("url");
        }
        if (inner == null) {
            throw value.wrong("a file, or an object with image_url");
        }
        return requireAddress(sent, new GivenValue(sent, inner).text());
    }

    private static String requireAddress(String sent, String text) {
        String start = text.substring(0, Math.min(8, text.length())).toLowerCase(Locale.ROOT);
        if (!start.startsWith("data:") && !start.startsWith("https://")) {
            throw new Refusal(
                    Problem.value(
                            sent,
                            sent
                                    + ": expected a file, or an address that begins with data: or"
                                    + " https:; paths on the server are never read"));
        }
        return text;
    }

    private void put(String picture, PictureSource source) {
        if (found.putIfAbsent(picture, source) != null) {
            throw new Refusal(
                    Problem.value(
                            source.sent(),
                            "%s: there is another picture already".formatted(source.sent())));
        }
    }
}
