package org.svgen.server.wire;

/** Where the picture of a request is. */
public sealed interface PictureSource {
    /** {@return the field that brought it, as it was sent} */
    String sent();

    /**
     * It came with the request.
     *
     * @param sent the field that brought it
     * @param file that holds it
     */
    record Sent(String sent, Upload file) implements PictureSource {}

    /**
     * It lies elsewhere, or in the address itself.
     *
     * @param sent the field that brought it
     * @param address {@code data:...} or {@code https:...}
     */
    record Linked(String sent, String address) implements PictureSource {}
}
