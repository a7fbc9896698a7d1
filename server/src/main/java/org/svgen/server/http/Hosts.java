package org.svgen.server.http;

import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.svgen.server.wire.Problem;
import org.svgen.server.wire.Refusal;

/**
 * Keeps web pages of others out. Such a page can send requests from its reader's browser to any
 * address that the browser reaches, also under a name of its own that leads to that address (DNS
 * rebinding). So where there are no keys, the request must name this host; and nowhere may a page
 * of another origin change anything, unless it is one of {@code cors}.
 */
final class Hosts {
    private final boolean checked;
    private final Set<String> names;
    private final Set<String> cors;

    /**
     * @param checked whether requests must name this host; with keys they need not
     * @param bound address that the service listens on
     * @param more names besides those of the address
     * @param cors origins of pages that may use the service
     */
    Hosts(boolean checked, InetAddress bound, List<String> more, List<String> cors) {
        this.checked = checked;
        this.names = checked ? names(bound, more) : Set.of();
        this.cors = Set.copyOf(cors);
    }

    private static Set<String> names(InetAddress bound, List<String> more) {
        Set<String> names = new HashSet<>();
        more.forEach(name -> names.add(name.toLowerCase(Locale.ROOT)));
        if (bound.isLoopbackAddress() || bound.isAnyLocalAddress()) {
            names.addAll(Set.of("localhost", "127.0.0.1", "[::1]"));
        }
        names.add(literal(bound));
        if (bound.isAnyLocalAddress()) {
            names.addAll(own());
        }
        return names;
    }

    /** Of a machine that is reached at all of its addresses. */
    private static Set<String> own() {
        Set<String> names = new HashSet<>();
        try {
            NetworkInterface.networkInterfaces()
                    .flatMap(one -> one.getInterfaceAddresses().stream())
                    .map(InterfaceAddress::getAddress)
                    .forEach(address -> names.add(literal(address)));
            names.add(InetAddress.getLocalHost().getHostName().toLowerCase(Locale.ROOT));
        } catch (SocketException | UnknownHostException e) {
            return names; // the addresses that are known will do
        }
        return names;
    }

    private static String literal(InetAddress address) {
        String text = address.getHostAddress().toLowerCase(Locale.ROOT);
        int zone = text.indexOf('%');
        String plain = zone < 0 ? text : text.substring(0, zone);
        return plain.contains(":") ? "[" + plain + "]" : plain;
    }

    /**
     * @throws Refusal if the request is one that a page of others may have sent
     */
    void require(Call call) {
        String host = call.header("Host").orElse("").toLowerCase(Locale.ROOT);
        if (checked && !names.contains(withoutPort(host))) {
            throw new Refusal(
                    Problem.forbidden(
                            "host_not_allowed",
                            "this host has another name; an operator can allow more names"));
        }
        Optional<String> origin = call.header("Origin");
        boolean reads = Set.of("GET", "HEAD", "OPTIONS").contains(call.method());
        if (!reads && origin.isPresent() && !isOwn(origin.get(), host) && !allows(origin.get())) {
            throw new Refusal(
                    Problem.forbidden(
                            "origin_not_allowed", "pages of another origin may change nothing"));
        }
    }

    private static String withoutPort(String host) {
        int colon = host.lastIndexOf(':');
        return colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
    }

    private static boolean isOwn(String origin, String host) {
        String lower = origin.toLowerCase(Locale.ROOT);
        return lower.equals("http://" + host) || lower.equals("https://" + host);
    }

    private boolean allows(String origin) {
        return cors.contains(origin);
    }

    /** Says to a browser what a page of another origin may see. */
    void answer(Call call) {
        Optional<String> origin = call.header("Origin").filter(this::allows);
        if (!cors.isEmpty()) {
            call.header("Vary", "Origin");
        }
        if (origin.isEmpty()) {
            return;
        }
        call.header("Access-Control-Allow-Origin", origin.get());
        call.header(
                "Access-Control-Expose-Headers",
                "x-request-id, retry-after, x-should-retry, openai-poll-after-ms,"
                        + " idempotent-replayed, etag, content-range, accept-ranges");
        if (call.method().equals("OPTIONS")) {
            call.header("Access-Control-Allow-Methods", "GET, HEAD, POST, PATCH, DELETE");
            call.header("Access-Control-Max-Age", "600");
            call.header("Access-Control-Request-Headers")
                    .ifPresent(wanted -> call.header("Access-Control-Allow-Headers", wanted));
        }
    }
}
