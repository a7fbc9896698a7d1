package org.svgen.hub;

/** An interrupt means that somebody wants the download to stop. */
final class Interruptions {
    private Interruptions() {}

    interface Task {
        void run() throws InterruptedException;
    }

    static void run(Task task) {
        try {
            task.run();
        } catch (InterruptedException e) {
            throw stopped(e);
        }
    }

    static PullStoppedException stopped(Exception e) {
        Thread.currentThread().interrupt();
        PullStoppedException stopped = new PullStoppedException();
        stopped.initCause(e);
        return stopped;
    }
}
