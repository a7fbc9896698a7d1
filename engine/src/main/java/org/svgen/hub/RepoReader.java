package org.svgen.hub;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.Untrusted;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.SvgenException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads what {@code /api/models/ORG/NAME/revision/REVISION?blobs=true} answers, word by word: of
 * the rest nothing is kept.
 */
final class RepoReader {
    private static final JsonFactory JSON = JsonFactory.builder().build();
    private static final int MAX_FILES = 50_000;
    private static final int MAX_SHOWN_BYTES = 60;

    private final ModelId id;
    private final URI endpoint;
    private final Map<String, RemoteFile> files = new LinkedHashMap<>();
    private final Map<String, String> card = new LinkedHashMap<>();
    private String commit = "";
    private boolean listed;

    RepoReader(ModelId id, URI endpoint) {
        this.id = id;
        this.endpoint = endpoint;
    }

    /** To be called once. */
    RemoteRepo read(byte[] json) {
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), json)) {
            if (parser.nextToken() == JsonToken.START_OBJECT) {
                repo(parser);
            }
        } catch (JacksonException e) {
            throw noJson(json, e);
        }
        if (!ModelId.isCommit(commit) || !listed) {
            throw new SvgenException(
                    "%s: expected the commit and the files of %s, found neither of use"
                            .formatted(endpoint, id));
        }
        return new RemoteRepo(id, commit, licence(), files);
    }

    private SvgenException noJson(byte[] json, JacksonException e) {
        String text =
                new String(json, 0, Math.min(MAX_SHOWN_BYTES, json.length), StandardCharsets.UTF_8)
                        .strip();
        if (text.startsWith("<")) {
            return new BadInputException(
                    "%s: expected JSON about %s, found a page, %s: does the network ask for a login, or HF_ENDPOINT name something else?"
                            .formatted(endpoint, id, Untrusted.quoted(text)),
                    e);
        }
        return new SvgenException(
                "%s: expected JSON about %s, found %s"
                        .formatted(endpoint, id, Untrusted.quoted(text)),
                e);
    }

    private void repo(JsonParser parser) {
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String key = parser.currentName();
            JsonToken value = parser.nextToken();
            switch (key) {
                case "sha" -> commit = text(parser);
                case "siblings" -> {
                    listed = value == JsonToken.START_ARRAY;
                    siblings(parser);
                }
                case "cardData" -> card(parser);
                default -> parser.skipChildren();
            }
        }
    }

    private void siblings(JsonParser parser) {
        if (!listed) {
            parser.skipChildren();
            return;
        }
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            RemoteFile file = sibling(parser);
            RemoteFile before = files.put(file.name(), file);
            if (before != null && !before.equals(file)) {
                throw new SvgenException(
                        "%s: the hub lists %s twice, and not with the same content"
                                .formatted(id, Untrusted.quoted(file.name())));
            }
            if (files.size() > MAX_FILES) {
                throw new BadInputException(
                        "%s: the hub lists more than %d files: that is no model to run"
                                .formatted(id, MAX_FILES));
            }
        }
    }

    private static RemoteFile sibling(JsonParser parser) {
        String name = "";
        String size = "";
        String hash = "";
        boolean large = false;
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            parser.skipChildren();
            return RemoteFile.of(name, size, hash);
        }
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String key = parser.currentName();
            JsonToken value = parser.nextToken();
            if (key.equals("lfs") && value == JsonToken.START_OBJECT) {
                // Of a file that git-lfs holds, git itself knows but a note.
                large = true;
                size = "";
                hash = "";
                while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                    String inner = parser.currentName();
                    parser.nextToken();
                    size = inner.equals("size") ? text(parser) : size;
                    hash = inner.equals("sha256") ? text(parser) : hash;
                    parser.skipChildren();
                }
            } else {
                name = key.equals("rfilename") ? text(parser) : name;
                size = key.equals("size") && !large ? text(parser) : size;
                hash = key.equals("blobId") && !large ? text(parser) : hash;
                parser.skipChildren();
            }
        }
        return RemoteFile.of(name, size, hash);
    }

    private void card(JsonParser parser) {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            parser.skipChildren();
            return;
        }
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String key = parser.currentName();
            if (parser.nextToken() == JsonToken.START_ARRAY && key.equals("license")) {
                parser.nextToken();
                card.put(key, text(parser));
                while (parser.currentToken() != JsonToken.END_ARRAY) {
                    parser.skipChildren();
                    parser.nextToken();
                }
            } else if (key.startsWith("license")) {
                card.put(key, text(parser));
            }
            parser.skipChildren();
        }
    }

    /** A value as it is written; nothing for null, lists and objects. */
    private static String text(JsonParser parser) {
        return switch (parser.currentToken()) {
            case VALUE_STRING, VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT, VALUE_TRUE, VALUE_FALSE ->
                    String.valueOf(parser.getString());
            case null, default -> "";
        };
    }

    private Licence licence() {
        String page = endpoint + "/" + id.repo();
        String link = said("license_link");
        boolean whole = link != null && link.toLowerCase(Locale.ROOT).matches("https?://\\S+");
        return new Licence(
                said("license"),
                said("license_name"),
                link == null ? page : whole ? link : page + "/blob/main/" + link);
    }

    private @Nullable String said(String key) {
        String text = card.getOrDefault(key, "").strip();
        return text.isEmpty() ? null : Untrusted.oneLine(text);
    }
}
