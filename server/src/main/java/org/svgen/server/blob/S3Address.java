package org.svgen.server.blob;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.svgen.tensor.BadInputException;

/**
 * Where files are in S3. Keys and passwords are no part of it: they would be seen in the list of
 * processes.
 *
 * @param bucket that is there
 * @param prefix of all names, without a {@code /} at its end; may be empty
 * @param endpoint of a server that is not Amazon's
 * @param region of the bucket; none for that of the surroundings
 * @param pathStyle whether the bucket is named in paths, not in the host; none for as usual
 */
record S3Address(
        String bucket,
        String prefix,
        Optional<URI> endpoint,
        Optional<String> region,
        Optional<Boolean> pathStyle) {
    static final String SCHEME = "s3://";
    private static final String FORM =
            "s3://BUCKET/PREFIX, perhaps with ?endpoint=URL&region=NAME&path-style=true";
    private static final Pattern BUCKET = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");
    private static final Pattern REGION = Pattern.compile("[a-z0-9-]+");
    private static final Set<String> NAMES = Set.of("endpoint", "region", "path-style");

    static S3Address parse(String text) {
        String rest = text.substring(SCHEME.length());
        if (rest.contains("@")) {
            throw BadInputException.of(
                    BlobPlaces.FIELD,
                    FORM
                            + "; keys come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile"
                            + " or the machine's role",
                    SCHEME + "...@...");
        }
        int question = rest.indexOf('?');
        String place = question < 0 ? rest : rest.substring(0, question);
        int slash = place.indexOf('/');
        String bucket = slash < 0 ? place : place.substring(0, slash);
        String prefix = slash < 0 ? "" : place.substring(slash + 1).replaceFirst("/$", "");
        if (!BUCKET.matcher(bucket).matches() || !(prefix.isEmpty() || BlobKey.isKey(prefix))) {
            throw BadInputException.of(BlobPlaces.FIELD, FORM, SCHEME + place);
        }
        Map<String, String> values = question < 0 ? Map.of() : values(rest.substring(question + 1));
        return new S3Address(
                bucket,
                prefix,
                Optional.ofNullable(values.get("endpoint")).map(S3Address::endpoint),
                Optional.ofNullable(values.get("region")).map(S3Address::region),
                Optional.ofNullable(values.get("path-style")).map(S3Address::flag));
    }

    private static Map<String, String> values(String query) {
        Map<String, String> values = new LinkedHashMap<>();
        for (String pair : query.split("&", -1)) {
            int equals = pair.indexOf('=');
            String name = equals < 0 ? pair : pair.substring(0, equals);
            if (!NAMES.contains(name) || equals < 0) {
                throw BadInputException.of(BlobPlaces.FIELD, FORM, "?" + name);
            }
            values.put(name, decoded(pair.substring(equals + 1)));
        }
        return values;
    }

    private static String decoded(String value) {
        try {
            return URLDecoder.decode(value.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw BadInputException.of(BlobPlaces.FIELD, "%-escapes of two digits", value);
        }
    }

    /** An address of a server, from wherever. */
    static URI endpoint(String text) {
        try {
            URI uri = new URI(text);
            boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            if (web && uri.getHost() != null && uri.getRawUserInfo() == null) {
                return uri;
            }
        } catch (URISyntaxException e) {
            // As any other that is wrong.
        }
        throw BadInputException.of(BlobPlaces.FIELD, "an endpoint such as http://minio:9000", text);
    }

    private static String region(String text) {
        if (!REGION.matcher(text).matches()) {
            throw BadInputException.of(BlobPlaces.FIELD, "a region such as eu-central-1", text);
        }
        return text;
    }

    private static Boolean flag(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default ->
                    throw BadInputException.of(
                            BlobPlaces.FIELD, "path-style=true or path-style=false", text);
        };
    }

    /** The name of a file or a folder, as the bucket has it. */
    String object(String name) {
        return prefix.isEmpty() ? name : prefix + "/" + name;
    }

    /** The other way round. */
    String name(String object) {
        return prefix.isEmpty() ? object : object.substring(prefix.length() + 1);
    }

    @Override
    public String toString() {
        return SCHEME + bucket + (prefix.isEmpty() ? "" : "/" + prefix);
    }
}
