package org.svgen.server.http;

import java.io.IOException;
import java.io.InputStream;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.svgen.server.wire.Problem;
import org.svgen.server.wire.Refusal;

/** Files of the page, from the class path. Names of assets hold a hash of what is in them. */
final class Site {
    private static final String FOLDER = "/org/svgen/server/page/";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}");

    private static final String POLICY =
            "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:;"
                    + " frame-ancestors 'none'; base-uri 'none'";

    private static final Map<String, String> TYPES =
            Map.of(
                    "html", "text/html; charset=utf-8",
                    "js", "text/javascript; charset=utf-8",
                    "css", "text/css; charset=utf-8",
                    "json", "application/json",
                    "svg", "image/svg+xml",
                    "png", "image/png",
                    "ico", "image/x-icon",
                    "webmanifest", "application/manifest+json",
                    "woff2", "font/woff2",
                    "txt", "text/plain; charset=utf-8");

    private final ConcurrentHashMap<String, Optional<Stored>> files = new ConcurrentHashMap<>();

    private record Stored(byte[] bytes, String tag) {}

    /** The page itself, whatever of its places the address names. */
    void index(Call call) {
        send(call, "index.html", "no-cache");
    }

    void file(Call call) {
        send(call, name(call), "no-cache");
    }

    void asset(Call call) {
        send(call, "assets/" + name(call), "public, max-age=31536000, immutable");
    }

    private static String name(Call call) {
        String name = call.values().getOrDefault("file", "");
        if (!NAME.matcher(name).matches()) {
            throw nothing();
        }
        return name;
    }

    private static Refusal nothing() {
        return new Refusal(Problem.absent("there is nothing at this address"));
    }

    private void send(Call call, String name, String cache) {
        Stored file = files.computeIfAbsent(name, Site::read).orElseThrow(Site::nothing);
        secure(call);
        call.header("Cache-Control", cache);
        call.header("ETag", file.tag());
        if (call.header("If-None-Match").filter(known -> known.contains(file.tag())).isPresent()) {
            call.empty(304);
            return;
        }
        String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
        call.send(200, type == null ? "application/octet-stream" : type, file.bytes());
    }

    /** What browsers let a page of ours do: nothing that is not ours. */
    static void secure(Call call) {
        call.header("Content-Security-Policy", POLICY);
    }

    private static Optional<Stored> read(String name) {
        try (InputStream file = Site.class.getResourceAsStream(FOLDER + name)) {
            if (file == null) {
                return Optional.empty();
            }
            byte[] bytes = file.readAllBytes();
            return Optional.of(
                    new Stored(bytes, "\"" + HexFormat.of().toHexDigits(crc(bytes)) + "\""));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static long crc(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return crc.getValue() << 32 | bytes.length;
    }
}
