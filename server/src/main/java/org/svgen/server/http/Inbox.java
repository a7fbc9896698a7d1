package org.svgen.server.http;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.svgen.server.job.JobId;

/**
 * What one stream has still to tell. Of progress and previews only the newest of each job is kept,
 * so a slow reader misses some. Nothing else is missed: a reader that is so slow that too much
 * would have to be kept is cut off, and goes on later by the number of its last event.
 */
final class Inbox {
    private static final int MOST = 1000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition came = lock.newCondition();
    private final Deque<Notice> notices = new ArrayDeque<>();
    private final Map<JobId, Text> progress = new LinkedHashMap<>();
    private final Map<JobId, Text> previews = new LinkedHashMap<>();

    /** JSON that is made when a stream wants it first. */
    interface Text {
        String get();
    }

    void put(Notice notice) {
        lock.lock();
        try {
            if (notices.size() >= MOST) {
                notices.clear();
                notices.add(new Notice.Stop());
            } else if (!(notice instanceof Notice.Queue) || !notices.contains(notice)) {
                notices.add(notice);
            }
            came.signal();
        } finally {
            lock.unlock();
        }
    }

    void progress(JobId id, Text text) {
        newest(progress, id, text);
    }

    void preview(JobId id, Text text) {
        newest(previews, id, text);
    }

    private void newest(Map<JobId, Text> all, JobId id, Text text) {
        lock.lock();
        try {
            all.put(id, text);
            came.signal();
        } finally {
            lock.unlock();
        }
    }

    /** What came, in the order in which it is to be told. */
    record Taken(List<Notice> notices, Map<JobId, Text> progress, Map<JobId, Text> previews) {
        boolean isEmpty() {
            return notices.isEmpty() && progress.isEmpty() && previews.isEmpty();
        }
    }

    /** Waits for something; empty if nothing came. */
    Taken take(Duration longest) throws InterruptedException {
        lock.lock();
        try {
            long left = longest.toNanos();
            while (left > 0 && notices.isEmpty() && progress.isEmpty() && previews.isEmpty()) {
                left = came.awaitNanos(left);
            }
            Taken taken =
                    new Taken(
                            new ArrayList<>(notices),
                            new LinkedHashMap<>(progress),
                            new LinkedHashMap<>(previews));
            notices.clear();
            progress.clear();
            previews.clear();
            return taken;
        } finally {
            lock.unlock();
        }
    }
}
