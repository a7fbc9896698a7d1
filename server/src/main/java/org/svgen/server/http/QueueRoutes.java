package org.svgen.server.http;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.svgen.server.job.Job;
import org.svgen.server.keys.Caller;
import org.svgen.server.store.JobStore;
import org.svgen.server.store.QueueView;
import org.svgen.server.work.Workers;

/**
 * The queue as a whole.
 *
 * @param changed told when it was paused or goes on
 */
record QueueRoutes(JobStore store, Workers workers, Runnable changed) {
    void show(Call call) {
        call.json(json(store.queue(), call.caller()));
    }

    void pause(Call call) {
        store.pause();
        changed.run();
        show(call);
    }

    void resume(Call call) {
        store.resume();
        workers.wake();
        changed.run();
        show(call);
    }

    /** What a caller sees of it: its own jobs, and how many there are. */
    static Map<String, Object> json(QueueView queue, Caller caller) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("object", "queue");
        json.put("paused", queue.paused());
        json.put("queued", ids(queue.waiting(), caller));
        json.put("running", ids(queue.running(), caller));
        json.put("queued_total", queue.waiting().size());
        json.put("running_total", queue.running().size());
        return json;
    }

    private static List<String> ids(List<Job> jobs, Caller caller) {
        return jobs.stream()
                .filter(job -> caller.sees(job.owner()))
                .map(job -> job.id().value())
                .toList();
    }
}
