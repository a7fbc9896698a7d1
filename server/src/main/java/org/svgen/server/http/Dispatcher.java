package org.svgen.server.http;

import io.helidon.common.buffers.DataReader;
import io.helidon.http.HeaderValues;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.svgen.server.blob.BlobsAwayException;
import org.svgen.server.keys.Caller;
import org.svgen.server.store.StoreException;
import org.svgen.server.wire.Problem;
import org.svgen.server.wire.Refusal;

/**
 * Takes each request to its route, and turns what is thrown into an answer.
 *
 * @param observed hears of each request
 * @param log gets one line for each error of the service itself
 * @param access gets one line a request: method, route, status, milliseconds; never what was asked
 */
record Dispatcher(
        Hosts hosts,
        Router router,
        Doorkeeper doorkeeper,
        Observed observed,
        Consumer<String> log,
        Consumer<String> access)
        implements Handler {
    private static final Set<String> METHODS =
            Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");

    /** How soon it is worth to try again after store or files could not be reached, in seconds. */
    private static final int STORE_SECONDS = 5;

    @Override
    public void handle(ServerRequest request, ServerResponse response) throws Exception {
        long start = System.nanoTime();
        Optional<Watched> connection = Watched.current();
        connection.ifPresent(Watched::begin);
        Call call = new Call(request, response, RequestIds.next(), Map.of(), Caller.ANYBODY);
        Router.Found found = router.find(call.method(), request.path().rawPath());
        try {
            answer(call, found);
        } finally {
            if (isLast(request, response)) {
                connection.ifPresent(Watched::endsWithThisAnswer);
            }
            connection.ifPresent(Watched::end);
            tell(call, template(found), (System.nanoTime() - start) / 1e9);
        }
    }

    private static boolean isLast(ServerRequest request, ServerResponse response) {
        return request.headers().containsToken(HeaderValues.CONNECTION_CLOSE)
                || response.headers().containsToken(HeaderValues.CONNECTION_CLOSE);
    }

    private static String template(Router.Found found) {
        return switch (found) {
            case Router.Found.One one -> one.route().template();
            case Router.Found.OtherMethods others -> others.template();
            case Router.Found.Nothing _ -> "";
        };
    }

    private void tell(Call call, String template, double seconds) {
        String method = METHODS.contains(call.method()) ? call.method() : "_OTHER";
        int status = call.response().status().code();
        observed.request(method, template, status, seconds);
        access.accept(
                "%s %s %s %d %.1f ms"
                        .formatted(
                                call.id(),
                                method,
                                template.isEmpty() ? "-" : template,
                                status,
                                seconds * 1e3));
    }

    private void answer(Call call, Router.Found found) throws IOException {
        try {
            call.header("x-request-id", call.id());
            call.header("X-Content-Type-Options", "nosniff");
            call.header("Referrer-Policy", "no-referrer");
            hosts.answer(call);
            hosts.require(call);
            route(call, found);
        } catch (Refusal e) {
            Refusals.send(call, e.problem());
        } catch (StoreException e) {
            log.accept(call.id() + ": " + e.getMessage());
            Refusals.send(
                    call, Problem.unavailable("the store cannot do its work now", STORE_SECONDS));
        } catch (CloseConnectionException
                | DataReader.InsufficientDataAvailableException
                | UncheckedIOException e) {
            throw e; // the client is gone
        } catch (BlobsAwayException e) {
            log.accept(call.id() + ": " + e.getMessage());
            if (isBegun(call)) {
                throw e;
            }
            Refusals.send(
                    call, Problem.unavailable("the files cannot be reached now", STORE_SECONDS));
        } catch (IOException | RuntimeException e) {
            log.accept(call.id() + ": " + Refusals.line(e));
            if (isBegun(call)) {
                throw e;
            }
            Refusals.send(call, Problem.internal());
        }
    }

    /** Half an answer must not look whole: what is thrown closes the connection. */
    private static boolean isBegun(Call call) {
        return call.response().isSent() || call.response().bytesWritten() > 0;
    }

    private void route(Call call, Router.Found found) throws IOException {
        switch (found) {
            case Router.Found.One(Route route, Map<String, String> values) -> {
                Call routed = call.by(values, Caller.ANYBODY);
                route.action().answer(routed.by(values, doorkeeper.let(routed, route)));
            }
            case Router.Found.OtherMethods others -> {
                String allowed = String.join(", ", others.methods());
                call.header("Allow", allowed);
                if (!call.method().equals("OPTIONS")) {
                    throw new Refusal(Problem.method("this address takes " + allowed));
                }
                call.empty(204);
            }
            case Router.Found.Nothing _ ->
                    throw new Refusal(Problem.absent("there is nothing at this address"));
        }
    }
}
