package org.svgen.lab.report;

import com.samskivert.mustache.Mustache;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Objects;

/** The page's template, style and script, which are files beside this class. */
final class Template {
    private Template() {}

    /** Every text is escaped where it is filled in. A name that the page lacks is an error. */
    static String html(Page page) {
        return Mustache.compiler()
                .emptyStringIsFalse(true)
                .withLoader(name -> new StringReader(resource(name + ".mustache")))
                .compile(resource("report.mustache"))
                .execute(page);
    }

    static String style() {
        return resource("plot.css") + resource("report.css");
    }

    /** {@return what a drawing that stands alone needs} */
    static String plotStyle() {
        return resource("plot.css");
    }

    static String script() {
        return resource("report.js");
    }

    /** {@return by which the page allows its own script, and no other} */
    static String scriptHash() {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            byte[] hash = sha256.digest(script().getBytes(StandardCharsets.UTF_8));
            return "sha256-" + Base64.getEncoder().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String resource(String name) {
        try (InputStream in = Template.class.getResourceAsStream(name)) {
            return new String(
                    Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
