/** How close two videos are. */
@NullMarked
package org.svgen.metrics;

import org.jspecify.annotations.NullMarked;
