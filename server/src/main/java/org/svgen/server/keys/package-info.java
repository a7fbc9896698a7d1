/** Keys of the service: who calls, and what that caller may do. */
@NullMarked
package org.svgen.server.keys;

import org.jspecify.annotations.NullMarked;
