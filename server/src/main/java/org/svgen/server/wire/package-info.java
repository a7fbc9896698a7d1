/** What goes over the wire: bodies of requests, answers, errors, in the form that clients know. */
@NullMarked
package org.svgen.server.wire;

import org.jspecify.annotations.NullMarked;
