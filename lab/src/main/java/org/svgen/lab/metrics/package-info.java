/** How close two videos are. */
@NullMarked
package org.svgen.lab.metrics;

import org.jspecify.annotations.NullMarked;
