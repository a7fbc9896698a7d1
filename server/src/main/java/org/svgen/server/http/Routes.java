package org.svgen.server.http;

import java.util.ArrayList;
import java.util.List;
import org.svgen.server.wire.Problem;
import org.svgen.server.wire.Refusal;

/** All addresses of the service. */
record Routes(
        Creation creation,
        Listing listing,
        Changes changes,
        Contents contents,
        EventRoutes events,
        QueueRoutes queue,
        ModelRoutes models,
        Health health,
        ApiDocs docs,
        Site site,
        Jobs jobs,
        Views views) {
    private static final String VIDEOS = "/v1/videos";
    private static final String VIDEO = "/v1/videos/{id}";

    /** Places within the page, which are the page's own to show. */
    static final List<String> PLACES =
            List.of(
                    "/",
                    "/gallery",
                    "/queue",
                    "/compare",
                    "/settings",
                    "/videos/{id}",
                    "/videos/{id}/heads");

    List<Route> all() {
        List<Route> all = new ArrayList<>(api());
        all.addAll(operations());
        PLACES.forEach(place -> all.add(get(place, Access.OPEN, site::index)));
        all.add(get("/assets/{file}", Access.OPEN, site::asset));
        all.add(get("/{file}", Access.OPEN, site::file));
        return List.copyOf(all);
    }

    private List<Route> api() {
        return List.of(
                post(VIDEOS, Access.VIDEOS, creation::create),
                get(VIDEOS, Access.READ, listing::answer),
                post("/v1/videos:plan", Access.VIDEOS, creation::plan),
                get(VIDEO, Access.READ, this::retrieve),
                new Route("DELETE", VIDEO, Access.VIDEOS, changes::delete),
                new Route("PATCH", VIDEO, Access.VIDEOS, changes::patch),
                post(VIDEO + "/cancel", Access.VIDEOS, changes::cancel),
                post(VIDEO + "/remix", Access.VIDEOS, creation::remix),
                post(VIDEO + "/ticket", Access.READ, events::ticket),
                get(VIDEO + "/content", Access.READ_OR_TICKET, contents::content),
                get(VIDEO + "/preview", Access.READ_OR_TICKET, contents::preview),
                get(VIDEO + "/events", Access.READ_OR_TICKET, events::ofOne),
                get(VIDEO + "/report", Access.READ, contents::report),
                get("/v1/events", Access.READ, events::ofAll),
                get("/v1/queue", Access.READ, queue::show),
                post("/v1/queue:pause", Access.ADMIN, queue::pause),
                post("/v1/queue:resume", Access.ADMIN, queue::resume),
                get("/v1/models", Access.READ, models::list),
                get("/v1/models/{model}", Access.READ, models::show),
                get("/v1/models/{owner}/{model}", Access.READ, models::show),
                post("/v1/videos/edits", Access.VIDEOS, missing("edits")),
                post("/v1/videos/extensions", Access.VIDEOS, missing("extensions")),
                post("/v1/videos/characters", Access.VIDEOS, missing("characters")),
                get("/v1/videos/characters/{id}", Access.READ, missing("characters")));
    }

    private List<Route> operations() {
        return List.of(
                get("/v1/server", Access.READ, health::server),
                get("/health", Access.OPEN, health::health),
                get("/ready", Access.OPEN, health::ready),
                get("/metrics", Access.METRICS, health::metrics),
                get("/openapi.json", Access.OPEN, docs::document),
                get("/docs", Access.OPEN, docs::page),
                get("/docs/docs.css", Access.OPEN, docs::style));
    }

    private static Route get(String template, Access access, Route.Action action) {
        return new Route("GET", template, access, action);
    }

    private static Route post(String template, Access access, Route.Action action) {
        return new Route("POST", template, access, action);
    }

    /** What OpenAI's clients know and no model here can do. */
    private static Route.Action missing(String what) {
        return _ -> {
            throw new Refusal(Problem.absent("this service makes no " + what));
        };
    }

    /** Clients that poll ask again after the time in the header, to the end. */
    private void retrieve(Call call) {
        var job = jobs.of(call);
        if (!job.state().isFinal()) {
            call.header("openai-poll-after-ms", String.valueOf(views.pollMillis(job.model())));
        }
        call.json(views.json(job, call.base()));
    }
}
