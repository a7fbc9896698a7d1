package org.svgen.hub;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.Untrusted;
import org.svgen.tensor.SvgenException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads what {@code /api/models/ORG/NAME/revision/REVISION?blobs=true} answers. */
final class RepoReader {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final Pattern SIZE = Pattern.compile("\\d{1,18}");

    private final ModelId id;
    private final URI endpoint;

    RepoReader(ModelId id, URI endpoint) {
        this.id = id;
        this.endpoint = endpoint;
    }

    RemoteRepo read(byte[] json) {
        JsonNode root;
        try {
            root = MAPPER.readTree(json);
        } catch (JacksonException e) {
            throw new SvgenException(
                    "%s: expected JSON about %s, found %s".formatted(endpoint, id, beginning(json)),
                    e);
        }
        String commit = root.path("sha").asString("");
        JsonNode siblings = root.path("siblings");
        if (!ModelId.isCommit(commit) || !siblings.isArray()) {
            throw new SvgenException(
                    "%s: expected the commit and the files of %s, found neither of use"
                            .formatted(endpoint, id));
        }
        Map<String, RemoteFile> files = new LinkedHashMap<>();
        for (JsonNode sibling : siblings) {
            RemoteFile file = file(sibling);
            files.put(file.name(), file);
        }
        return new RemoteRepo(id, commit, licence(root.path("cardData")), files);
    }

    private static RemoteFile file(JsonNode sibling) {
        JsonNode lfs = sibling.path("lfs");
        boolean large = lfs.isObject();
        return file(
                sibling.path("rfilename").asString(""),
                (large ? lfs : sibling).path("size").asString(""),
                large ? lfs.path("sha256").asString("") : sibling.path("blobId").asString(""));
    }

    /** With -1 and "" for a size and a hash that are not given; an etag's quotes are dropped. */
    static RemoteFile file(String name, String size, String hash) {
        return new RemoteFile(
                name,
                SIZE.matcher(size).matches() ? Long.parseLong(size) : -1,
                hash.replaceAll("^W/", "").replace("\"", ""));
    }

    private Licence licence(JsonNode card) {
        String page = endpoint + "/" + id.repo();
        JsonNode licence = card.path("license");
        String link = text(card.path("license_link"));
        return new Licence(
                text(licence.isArray() ? licence.path(0) : licence),
                text(card.path("license_name")),
                link == null
                        ? page
                        : link.matches("https?://.*") ? link : page + "/blob/main/" + link);
    }

    private static @Nullable String text(JsonNode node) {
        String text = node.isString() ? node.asString().strip() : "";
        return text.isEmpty() ? null : Untrusted.oneLine(text);
    }

    private static String beginning(byte[] json) {
        return Untrusted.quoted(
                new String(json, 0, Math.min(60, json.length), StandardCharsets.UTF_8));
    }
}
