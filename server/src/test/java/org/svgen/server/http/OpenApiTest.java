package org.svgen.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.server.http.ServedVideos.Answer;
import org.svgen.server.job.JobId;
import org.svgen.server.keys.Tickets;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The description is of this service: of all its routes, and of what they answer. */
class OpenApiTest {
    /** Routes that are no part of the service's own contract. */
    private static final Set<String> OTHERS =
            Set.of(
                    "POST /v1/videos/edits",
                    "POST /v1/videos/extensions",
                    "POST /v1/videos/characters",
                    "GET /v1/videos/characters/{id}",
                    "GET /v1/models/{owner}/{model}",
                    "GET /docs/docs.css");

    @TempDir Path folder;
    private ServedVideos served;
    private JsonNode api;

    @BeforeEach
    void start() throws IOException {
        served = ServedVideos.start(folder);
        api = served.get("/openapi.json").json();
    }

    @AfterEach
    void stop() {
        served.close();
    }

    private Set<String> routes() {
        Views views = new Views(served.store, served.runs, new StandInDesk());
        try (EventHub hub = new EventHub(served.store, served.runs, views, served.log::add)) {
            return Web.routes(
                            served.settings,
                            served.parts,
                            views,
                            hub,
                            new Tickets(InstantSource.system()),
                            new Health(
                                    served.store,
                                    served.runs,
                                    served.parts.watch().metrics(),
                                    "1",
                                    new AtomicBoolean()))
                    .all()
                    .stream()
                    .filter(route -> !Routes.PLACES.contains(route.template()))
                    .filter(route -> !route.template().contains("{file}"))
                    .map(route -> route.method() + " " + route.template())
                    .filter(route -> !OTHERS.contains(route))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    @Test
    void describesEachRouteAndNoOther() {
        Set<String> described = new TreeSet<>();
        api.path("paths")
                .properties()
                .forEach(path ->
                        path.getValue()
                                .propertyNames()
                                .forEach(method ->
                                        described.add(
                                                method.toUpperCase(Locale.ROOT)
                                                        + " "
                                                        + path.getKey())));

        assertThat(described).isEqualTo(routes());
    }

    @Test
    void eachOperationHasANameASummaryAndAnswers() {
        Set<String> names = new TreeSet<>();
        for (JsonNode path : api.path("paths")) {
            for (JsonNode operation : path) {
                assertThat(names.add(operation.path("operationId").asString())).isTrue();
                assertThat(operation.path("summary").asString()).isNotBlank();
                assertThat(operation.path("responses")).isNotEmpty();
            }
        }
    }

    private void is(String schema, Answer answer) {
        assertThat(answer.status()).as(answer.text()).isLessThan(300);
        isOf(schema, answer);
    }

    private void isOf(String schema, Answer answer) {
        ObjectNode whole = JsonMapper.shared().createObjectNode();
        whole.put("$ref", "#/components/schemas/" + schema);
        whole.set("components", api.path("components"));
        assertThat(
                        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                                .getSchema(whole)
                                .validate(answer.json()))
                .as(schema + ": " + answer.text())
                .isEmpty();
    }

    @Test
    void answersAreAsDescribed() throws IOException {
        Answer created = served.post("/v1/videos", "{\"prompt\":\"a cat\"}");
        is("Video", created);
        JobId id = created.id();
        is("Video", served.patch("/v1/videos/" + id, "{\"priority\":1}"));
        is("Ticket", served.post("/v1/videos/" + id + "/ticket", ""));
        served.completed(served.claimed(), "bytes");
        is("Video", served.get("/v1/videos/" + id));
        is("Video", served.post("/v1/videos/" + id + "/remix", "{\"prompt\":\"b\"}"));
        served.failed(served.claimed());
        is("VideoList", served.get("/v1/videos"));
        is("Plan", served.post("/v1/videos:plan", "{\"prompt\":\"a\"}"));
        is("Plan", served.post("/v1/videos:plan", "{\"prompt\":\"a\",\"num_frames\":101}"));
        is("Queue", served.get("/v1/queue"));
        is("ModelList", served.get("/v1/models"));
        is("Model", served.get("/v1/models/demo"));
        is("Server", served.get("/v1/server"));
        is("Status", served.get("/health"));
        is("VideoDeleted", served.delete("/v1/videos/" + id));
        isOf("Error", served.get("/v1/videos/" + id));
    }

    @Test
    void itsPageNamesEachOperation() throws IOException {
        String page = served.get("/docs").text();

        for (JsonNode path : api.path("paths")) {
            for (JsonNode operation : path) {
                assertThat(page)
                        .contains("id=\"" + operation.path("operationId").asString() + "\"");
            }
        }
        assertThat(page).doesNotContain("http://", "https://");
        assertThat(served.get("/docs/docs.css").header("content-type")).startsWith("text/css");
    }
}
