package org.svgen.server.http;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The description of the service as a page: made here, so that it needs no script. */
final class ApiPage {
    private final StringBuilder html = new StringBuilder();

    private ApiPage() {}

    static byte[] of(byte[] openApi) {
        ApiPage page = new ApiPage();
        page.write(JsonMapper.shared().readTree(openApi));
        return page.html.toString().getBytes(StandardCharsets.UTF_8);
    }

    private void write(JsonNode api) {
        JsonNode info = api.path("info");
        String title = info.path("title").asString("");
        html.append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
                .append("<meta name=\"viewport\" content=\"width=device-width\">\n")
                .append("<title>")
                .append(safe(title))
                .append("</title>\n<link rel=\"stylesheet\" href=\"/docs/docs.css\">\n")
                .append("</head>\n<body>\n<main>\n");
        element("h1", title);
        element("p", info.path("description").asString(""));
        html.append("<p><a href=\"/openapi.json\">openapi.json</a> (OpenAPI ")
                .append(safe(api.path("openapi").asString("")))
                .append("), <a href=\"/\">page</a></p>\n");
        for (Map.Entry<String, JsonNode> path : api.path("paths").properties()) {
            for (Map.Entry<String, JsonNode> operation : path.getValue().properties()) {
                if (operation.getValue().has("operationId")) {
                    operation(operation.getKey(), path.getKey(), operation.getValue());
                }
            }
        }
        html.append("<h2>Objects</h2>\n");
        for (var schema : api.path("components").path("schemas").properties()) {
            html.append("<section id=\"").append(safe(schema.getKey())).append("\">\n");
            element("h3", schema.getKey());
            element("p", schema.getValue().path("description").asString(""));
            properties(schema.getValue());
            html.append("</section>\n");
        }
        html.append("</main>\n</body>\n</html>\n");
    }

    private void operation(String method, String path, JsonNode operation) {
        String id = operation.path("operationId").asString("");
        html.append("<section id=\"")
                .append(safe(id))
                .append("\">\n<h2><code>")
                .append(safe(method.toUpperCase(Locale.ROOT)))
                .append(' ')
                .append(safe(path))
                .append("</code></h2>\n");
        element("p", operation.path("summary").asString(""));
        element("p", operation.path("description").asString(""));
        JsonNode parameters = operation.path("parameters");
        if (!parameters.isEmpty()) {
            html.append("<dl>\n");
            for (JsonNode parameter : parameters) {
                definition(
                        parameter.path("name").asString(parameter.path("$ref").asString("")),
                        parameter.path("in").asString(""),
                        parameter.path("description").asString(""));
            }
            html.append("</dl>\n");
        }
        reference("Body: ", operation.path("requestBody").path("content"));
        html.append("<dl>\n");
        for (var answer : operation.path("responses").properties()) {
            definition(answer.getKey(), "", answer.getValue().path("description").asString(""));
        }
        html.append("</dl>\n</section>\n");
    }

    private void reference(String what, JsonNode content) {
        for (var type : content.properties()) {
            String schema = type.getValue().path("schema").path("$ref").asString("");
            String name = schema.substring(schema.lastIndexOf('/') + 1);
            html.append("<p>")
                    .append(what)
                    .append("<code>")
                    .append(safe(type.getKey()))
                    .append("</code> <a href=\"#")
                    .append(safe(name))
                    .append("\">")
                    .append(safe(name))
                    .append("</a></p>\n");
        }
    }

    private void properties(JsonNode schema) {
        if (schema.path("properties").isEmpty()) {
            return;
        }
        html.append("<dl>\n");
        for (var property : schema.path("properties").properties()) {
            JsonNode type = property.getValue().path("type");
            definition(
                    property.getKey(),
                    type.isString() ? type.asString("") : type.toString().replace('"', ' '),
                    property.getValue().path("description").asString(""));
        }
        html.append("</dl>\n");
    }

    private void definition(String term, String kind, String text) {
        html.append("<dt><code>")
                .append(safe(term))
                .append("</code> <small>")
                .append(safe(kind))
                .append("</small></dt>\n<dd>")
                .append(safe(text))
                .append("</dd>\n");
    }

    private void element(String name, String text) {
        if (!text.isEmpty()) {
            html.append('<')
                    .append(name)
                    .append('>')
                    .append(safe(text))
                    .append("</")
                    .append(name)
                    .append(">\n");
        }
    }

    private static String safe(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
