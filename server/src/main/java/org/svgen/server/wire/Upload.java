package org.svgen.server.wire;

import java.nio.file.Path;

/**
 * A picture that came with a request, in a temporary file.
 *
 * @param file that holds it until the request ends
 * @param sha256 of its bytes, in hex
 */
public record Upload(Path file, String sha256) {}
