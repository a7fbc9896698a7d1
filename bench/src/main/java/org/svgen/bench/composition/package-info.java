/** What goes with what: attention, caches, precisions and few steps, each measured with each. */
@NullMarked
package org.svgen.bench.composition;

import org.jspecify.annotations.NullMarked;
