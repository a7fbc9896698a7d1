package org.svgen.server.store.sql;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Properties;
import org.svgen.tensor.BadInputException;

/**
 * Where a PostgreSQL is and who asks: {@code postgres://USER:PASSWORD@HOST:PORT/DATABASE}, all but
 * the host may be missing. Nothing that is said of it shows the password.
 *
 * @param shown the URL without the password and what follows the database's name
 * @param jdbc the same for the driver, with what follows the database's name
 * @param login user and password for the driver
 */
record PostgresUrl(String shown, String jdbc, Properties login) {
    private static final int PORT = 5432;

    /**
     * Reads what an operator wrote.
     *
     * @throws BadInputException if it is something else; the message does not repeat it
     */
    static PostgresUrl parse(String text) {
        URI uri = uri(text).orElseThrow(PostgresUrl::wrong);
        String host = uri.getHost();
        String scheme = String.valueOf(uri.getScheme());
        if (host == null || !scheme.matches("postgres|postgresql")) {
            throw wrong();
        }
        String[] parts = Optional.ofNullable(uri.getRawUserInfo()).orElse("").split(":", 2);
        Properties login = new Properties();
        String user = decoded(parts[0]);
        if (!user.isEmpty()) {
            login.setProperty("user", user);
        }
        if (parts.length == 2) {
            login.setProperty("password", decoded(parts[1]));
        }
        String path = Optional.ofNullable(uri.getRawPath()).orElse("");
        String place =
                "%s:%d/%s"
                        .formatted(
                                host,
                                uri.getPort() < 0 ? PORT : uri.getPort(),
                                path.isEmpty() ? "" : path.substring(1));
        String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        String who = user.isEmpty() ? "" : user + "@";
        return new PostgresUrl(
                "postgres://" + who + place, "jdbc:postgresql://" + place + query, login);
    }

    private static Optional<URI> uri(String text) {
        try {
            return Optional.of(new URI(text));
        } catch (URISyntaxException e) {
            return Optional.empty(); // what it says holds the text
        }
    }

    private static BadInputException wrong() {
        return new BadInputException(
                "the store's URL: expected postgres://USER:PASSWORD@HOST:PORT/DATABASE (with %-escapes for signs such as @ and / in the password), found something else");
    }

    private static String decoded(String part) {
        try {
            return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw wrong();
        }
    }

    @Override
    public String toString() {
        return shown;
    }
}
