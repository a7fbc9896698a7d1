package org.svgen.server.http;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.svgen.server.job.Job;
import org.svgen.server.job.JobId;
import org.svgen.server.job.JobState;
import org.svgen.server.store.JobPage;
import org.svgen.server.store.JobQuery;
import org.svgen.server.store.JobStore;
import org.svgen.server.wire.Problem;
import org.svgen.server.wire.Refusal;

/** Pages of jobs. Clients go on with the last id of a page, so it is always there. */
record Listing(JobStore store, Views views) {
    private static final int USUAL = 20;
    private static final int MOST = 100;

    void answer(Call call) {
        JobQuery query =
                new JobQuery(
                        new JobQuery.Filter(
                                Jobs.owner(call.caller()),
                                states(call),
                                call.query("model").filter(text -> !text.isEmpty()),
                                call.query("q").filter(text -> !text.isEmpty()),
                                call.query("recipe_hash").filter(text -> !text.isEmpty())),
                        call.query("after").map(Listing::after),
                        limit(call),
                        ascending(call));
        JobPage page = store.list(query).orElseThrow(Call::noSuchVideo);
        List<Job> found = page.jobs();
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("object", "list");
        json.put("data", views.json(found, call.base()));
        json.put("first_id", found.isEmpty() ? null : found.getFirst().id().value());
        json.put("last_id", found.isEmpty() ? null : found.getLast().id().value());
        json.put("has_more", page.hasMore());
        call.json(json);
    }

    private static JobId after(String text) {
        return JobId.parse(text).orElseThrow(Call::noSuchVideo);
    }

    private static int limit(Call call) {
        String text = call.query("limit").orElse(String.valueOf(USUAL));
        int limit = text.matches("[0-9]{1,6}") ? Integer.parseInt(text) : 0;
        if (limit < 1 || limit > MOST) {
            throw new Refusal(
                    Problem.value("limit", "limit: expected a whole number from 1 to " + MOST));
        }
        return limit;
    }

    private static boolean ascending(Call call) {
        return switch (call.query("order").orElse("desc")) {
            case "asc" -> true;
            case "desc" -> false;
            default -> throw new Refusal(Problem.value("order", "order: expected asc or desc"));
        };
    }

    /** {@code ?status=queued,in_progress}. */
    private static Set<JobState> states(Call call) {
        Set<JobState> states = EnumSet.noneOf(JobState.class);
        Optional<String> wanted = call.query("status").filter(text -> !text.isEmpty());
        for (String word : wanted.map(text -> text.split(",", -1)).orElse(new String[0])) {
            states.add(
                    Arrays.stream(JobState.values())
                            .filter(state -> state.word().equals(word))
                            .findFirst()
                            .orElseThrow(() ->
                                    new Refusal(
                                            Problem.value(
                                                    "status",
                                                    "status: expected queued, in_progress,"
                                                            + " completed or failed"))));
        }
        return states;
    }
}
