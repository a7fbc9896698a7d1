package org.svgen.server.http;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.svgen.server.keys.Caller;
import org.svgen.server.keys.Keys;
import org.svgen.server.keys.Scope;
import org.svgen.server.keys.Tickets;
import org.svgen.server.wire.Problem;
import org.svgen.server.wire.Refusal;

/**
 * Tells who calls, and refuses who may not, or calls too often.
 *
 * @param creates rates of requests that make videos
 * @param others rates of all other requests
 */
record Doorkeeper(Keys keys, Tickets tickets, Rates creates, Rates others) {
    private static final Pattern BEARER =
            Pattern.compile("bearer +([\\x21-\\x7e]{1,200})", Pattern.CASE_INSENSITIVE);

    /** Paths that make work for a model. */
    private static final Set<String> CREATES = Set.of("/v1/videos", "/v1/videos/{id}/remix");

    /**
     * {@return who calls}
     *
     * @throws Refusal if nobody may who is not known, if this one may not, or not so often
     */
    Caller let(Call call, Route route) {
        Optional<Scope> scope = route.access().scope();
        if (scope.isEmpty()) {
            return Caller.ANYBODY;
        }
        if (opensByTicket(call, route)) {
            // The route reads one video, and the ticket is for this one.
            return Caller.ANYBODY;
        }
        Caller caller = keys.asked() ? known(call) : Caller.ANYBODY;
        requireRate(call, route, caller);
        if (!caller.may(scope.get())) {
            throw new Refusal(
                    Problem.forbidden(
                            "insufficient_permissions",
                            "this key may not do that; it takes one with the scope "
                                    + scope.get().text()));
        }
        return caller;
    }

    private boolean opensByTicket(Call call, Route route) {
        return route.access().takesTicket()
                && call.query("ticket")
                        .filter(ticket -> tickets.opens(call.job().value(), ticket))
                        .isPresent();
    }

    private Caller known(Call call) {
        Optional<String> header = call.header("Authorization");
        if (header.isEmpty()) {
            throw new Refusal(
                    Problem.key("no key: send Authorization: Bearer and a key of this service"));
        }
        Matcher bearer = BEARER.matcher(header.get());
        return Optional.of(bearer)
                .filter(Matcher::matches)
                .flatMap(found -> keys.caller(found.group(1)))
                .orElseThrow(() -> new Refusal(Problem.key("this key is not known")));
    }

    /** Without keys, who sits at this machine may ask as often as wanted. */
    private void requireRate(Call call, Route route, Caller caller) {
        String who = caller.name();
        if (!keys.asked()) {
            InetAddress peer = peer(call);
            if (peer.isLoopbackAddress()) {
                return;
            }
            who = peer.getHostAddress();
        }
        boolean creates = route.method().equals("POST") && CREATES.contains(route.template());
        (creates ? this.creates : others).require(who);
    }

    private static InetAddress peer(Call call) {
        return call.request().remotePeer().address() instanceof InetSocketAddress socket
                ? socket.getAddress()
                : InetAddress.getLoopbackAddress();
    }
}
