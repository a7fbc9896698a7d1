package org.svgen.server.wire;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import org.svgen.tensor.SvgenException;

/** Gets the pictures of a request, and looks at each before a decoder may. */
public final class PictureLoader {
    /** Where addresses are fetched, if they are. */
    @FunctionalInterface
    public interface Fetch {
        /**
         * {@return what lies at an address}
         *
         * @param address {@code https:...}
         * @throws SvgenException if it may not be asked, or does not answer
         */
        byte[] get(URI address);
    }

    private final long mostPixels;
    private final Fetch fetch;

    /**
     * A loader.
     *
     * @param mostPixels of a picture
     * @param fetch gets what lies elsewhere
     */
    public PictureLoader(long mostPixels, Fetch fetch) {
        this.mostPixels = mostPixels;
        this.fetch = fetch;
    }

    /**
     * {@return the picture, in a file}
     *
     * @param source where it is
     * @param spool that takes it
     * @throws Refusal if it cannot be had, is no PNG, JPEG or WebP, or too large
     * @throws IOException if the file cannot be written
     */
    public Upload load(PictureSource source, Spool spool) throws IOException {
        Upload file =
                switch (source) {
                    case PictureSource.Sent sent -> sent.file();
                    case PictureSource.Linked link ->
                            spool.keep(new ByteArrayInputStream(bytes(link)));
                };
        PictureHead head =
                PictureHead.of(file.file())
                        .orElseThrow(() ->
                                refusal(source, "expected a PNG, a JPEG or a WebP; found neither"));
        if (head.pixels() > mostPixels || head.pixels() == 0) {
            throw refusal(
                    source,
                    "expected 1 to %d pixels, found %d x %d"
                            .formatted(mostPixels, head.width(), head.height()));
        }
        return file;
    }

    private byte[] bytes(PictureSource.Linked link) {
        return link.address().substring(0, 5).toLowerCase(Locale.ROOT).equals("data:")
                ? data(link)
                : fetched(link);
    }

    /** {@code data:image/png;base64,...} (RFC 2397). */
    private static byte[] data(PictureSource.Linked link) {
        int comma = link.address().indexOf(',');
        if (comma < 0
                || !link.address()
                        .substring(0, comma)
                        .toLowerCase(Locale.ROOT)
                        .endsWith(";base64")) {
            throw refusal(link, "expected data:image/...;base64,...");
        }
        try {
            byte[] text = link.address().substring(comma + 1).getBytes(StandardCharsets.US_ASCII);
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw refusal(link, "what follows base64, is not base64");
        }
    }

    private byte[] fetched(PictureSource.Linked link) {
        try {
            return fetch.get(URI.create(link.address()));
        } catch (SvgenException e) {
            throw refusal(link, e.text(name -> name));
        } catch (IllegalArgumentException e) {
            throw refusal(link, "it is no address");
        }
    }

    private static Refusal refusal(PictureSource source, String message) {
        return new Refusal(Problem.value(source.sent(), source.sent() + ": " + message));
    }
}
