/** How long a run will take, from times of its operations on the device at hand. */
@NullMarked
package org.svgen.forecast;

import org.jspecify.annotations.NullMarked;
