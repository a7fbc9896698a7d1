package org.svgen.server.http;

/** Hears what requests there were, for metrics. Thread-safe. */
public interface Observed {
    /** Hears nothing. */
    Observed NOTHING =
            new Observed() {
                @Override
                public void request(String method, String route, int status, double seconds) {}

                @Override
                public void streams(int open) {}
            };

    /**
     * A request was answered.
     *
     * @param method of HTTP; {@code _OTHER} if it is none that is known
     * @param route its template: {@code /v1/videos/{id}}; empty if there is none
     * @param status of the answer
     * @param seconds from the head of the request to the end of the answer
     */
    void request(String method, String route, int status, double seconds);

    /**
     * The number of event streams changed.
     *
     * @param open now
     */
    void streams(int open);
}
