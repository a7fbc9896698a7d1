/** Workers: they claim jobs, make their videos, and say how far they are. */
@NullMarked
package org.svgen.server.work;

import org.jspecify.annotations.NullMarked;
