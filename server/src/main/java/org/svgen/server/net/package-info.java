/** Calls that the service makes to other hosts, none of them to one that it must not reach. */
@NullMarked
package org.svgen.server.net;

import org.jspecify.annotations.NullMarked;
