package org.svgen.hub;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.BadInputException;

/**
 * Proxies by the variables that curl and Python heed: {@code HTTPS_PROXY}, {@code HTTP_PROXY},
 * {@code ALL_PROXY} and, for hosts to reach without one, {@code NO_PROXY}; in lower case first.
 */
final class ProxyVariables extends ProxySelector {
    private static final Pattern ADDRESS =
            Pattern.compile("(?:http://)?([\\w.-]+|\\[[0-9a-fA-F:]+])(?::(\\d{1,5}))?/?");
    private static final int DEFAULT_PORT = 80;

    private final @Nullable Proxy secure;
    private final @Nullable Proxy plain;
    private final List<String> exceptions;

    /**
     * @throws BadInputException if a proxy is of a kind that we cannot use
     */
    ProxyVariables(HubVariables variables) {
        this.secure = proxy(variables, "HTTPS_PROXY");
        this.plain = proxy(variables, "HTTP_PROXY");
        String name = lowerFirst(variables, "NO_PROXY");
        this.exceptions =
                List.of(variables.text(name, "").toLowerCase(Locale.ROOT).split("\\s*,\\s*"));
    }

    private static @Nullable Proxy proxy(HubVariables variables, String own) {
        String name = lowerFirst(variables, own);
        if (variables.text(name, "").isEmpty()) {
            name = lowerFirst(variables, "ALL_PROXY");
        }
        String text = variables.text(name, "");
        if (text.isEmpty()) {
            return null;
        }
        Matcher address = ADDRESS.matcher(text);
        if (!address.matches()) {
            // Not shown: it may have a password in it.
            throw new BadInputException(
                    name + ": expected http://HOST:PORT without a password, found something else");
        }
        int port = address.group(2) == null ? DEFAULT_PORT : Integer.parseInt(address.group(2));
        return new Proxy(
                Proxy.Type.HTTP,
                InetSocketAddress.createUnresolved(address.group(1), Math.min(port, 0xFFFF)));
    }

    private static String lowerFirst(HubVariables variables, String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return variables.text(lower, "").isEmpty() ? name : lower;
    }

    @Override
    public List<Proxy> select(URI uri) {
        Proxy proxy = "https".equals(uri.getScheme()) ? secure : plain;
        return List.of(proxy == null || isException(uri.getHost()) ? Proxy.NO_PROXY : proxy);
    }

    private boolean isException(@Nullable String host) {
        String name = String.valueOf(host).toLowerCase(Locale.ROOT);
        for (String exception : exceptions) {
            String domain = exception.startsWith(".") ? exception.substring(1) : exception;
            boolean below = name.endsWith("." + domain);
            if (exception.equals("*") || (!domain.isEmpty() && (below || name.equals(domain)))) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException e) {
        // The request fails with the same exception.
    }
}
