package org.svgen.server.http;

import java.util.List;
import java.util.Map;
import org.svgen.server.wire.Wish;
import org.svgen.server.work.Order;

/**
 * A wish that a model can make.
 *
 * @param wish as it was sent
 * @param order what the model is asked for
 * @param settings of the job: those of the order, with what the model chose
 * @param warnings what has no effect, or was changed
 * @param recipeHash the same for requests that make the same video
 */
record Prepared(
        Wish wish,
        Order order,
        Map<String, Object> settings,
        List<String> warnings,
        String recipeHash) {}
