/**
 * What the service removes by itself: old videos, then old records, and files that nobody knows.
 */
@NullMarked
package org.svgen.server.retention;

import org.jspecify.annotations.NullMarked;
