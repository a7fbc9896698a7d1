package org.svgen.server.net;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Objects;
import org.svgen.tensor.BadInputException;

/**
 * Which hosts the service may call on behalf of a client. A client must not reach by the service
 * what it cannot reach itself: the machine's own services, its network, the metadata of a cloud.
 *
 * @param allowPrivate true if clients may name such hosts, and {@code http:}; for tests and closed
 *     networks
 */
public record AddressRules(boolean allowPrivate) {
    private static final int LONGEST = 2000;

    /**
     * {@return rules}
     *
     * @param allowPrivate true if clients may name private hosts, and {@code http:}
     */
    public static AddressRules of(boolean allowPrivate) {
        return new AddressRules(allowPrivate);
    }

    /**
     * {@return an address that a client gave, if its form is right} Where its host is will be known
     * when it is called ({@link #resolve}).
     *
     * @param text what the client gave
     * @throws BadInputException if it is no address, or one that must not be called
     */
    public URI require(String text) {
        Objects.requireNonNull(text, "text");
        if (text.length() > LONGEST) {
            throw wrong("at most %d letters".formatted(LONGEST), text.length() + " letters");
        }
        try {
            return require(new URI(text));
        } catch (URISyntaxException e) {
            throw wrong("an address such as https://example.com/path", "something else");
        }
    }

    /**
     * As the other, for an address that was read already.
     *
     * @param uri what the client gave
     * @return the same
     * @throws BadInputException if it must not be called
     */
    public URI require(URI uri) {
        String scheme = Objects.requireNonNullElse(uri.getScheme(), "").toLowerCase(Locale.ROOT);
        boolean known = scheme.equals("https") || allowPrivate && scheme.equals("http");
        if (!known) {
            throw wrong(allowPrivate ? "http: or https:" : "https:", "another scheme");
        }
        String host = uri.getHost();
        if (host == null || host.isEmpty()) {
            throw wrong("an address such as https://example.com/path", "one without a host");
        }
        if (uri.getUserInfo() != null) {
            throw wrong("no name and no password", "some in front of the host");
        }
        if (uri.getPort() == 0 || uri.getPort() > 0xFFFF) {
            throw wrong("a port from 1 to 65535", String.valueOf(uri.getPort()));
        }
        if (!allowPrivate
                && (isLocalName(host) || isLiteral(host) && PrivateAddresses.has(literal(host)))) {
            throw refused();
        }
        return uri;
    }

    /**
     * {@return where a host is, for the one call that is made now} Whoever calls connects to this
     * address: asking again might give another.
     *
     * @param host of an address
     * @throws BadInputException if one of the host's addresses must not be called
     * @throws IOException if nobody knows the host
     */
    InetAddress resolve(String host) throws IOException {
        InetAddress[] addresses = InetAddress.getAllByName(bare(host));
        if (!allowPrivate) {
            for (InetAddress address : addresses) {
                if (PrivateAddresses.has(address)) {
                    throw refused();
                }
            }
        }
        return addresses[0];
    }

    private static BadInputException wrong(String expected, String found) {
        return new BadInputException("expected %s, found %s".formatted(expected, found));
    }

    /** Says nothing of what was found, which is nobody's business. */
    private static BadInputException refused() {
        return wrong("a public host", "one of this machine or of a private network");
    }

    private static boolean isLocalName(String host) {
        String name = host.toLowerCase(Locale.ROOT).replaceFirst("\\.$", "");
        return name.equals("localhost") || name.endsWith(".localhost");
    }

    /** An address in digits, in the forms that the system reads: no name can look like that. */
    private static boolean isLiteral(String host) {
        return host.startsWith("[") || host.matches("[0-9.]+|0[xX][0-9a-fA-F.xX]*");
    }

    private static InetAddress literal(String host) {
        try {
            return InetAddress.getByName(bare(host));
        } catch (UnknownHostException e) {
            throw wrong("a host", "digits that are none");
        }
    }

    private static String bare(String host) {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }
}
