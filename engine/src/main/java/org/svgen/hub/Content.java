package org.svgen.hub;

/**
 * What a file must hold.
 *
 * @param size in bytes
 * @param hash see {@link ContentHash}
 */
record Content(long size, String hash) {
    ContentHash newHash() {
        return ContentHash.like(hash, size);
    }
}
