/** Cosmos 1.0, from text to a video of a world. */
@NullMarked
package org.svgen.models.cosmos;

import org.jspecify.annotations.NullMarked;
