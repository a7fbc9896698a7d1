/** The service: all of its parts, put together. */
@NullMarked
package org.svgen.server;

import org.jspecify.annotations.NullMarked;
