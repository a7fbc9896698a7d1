/** From a request to a clip: what programs that embed svgen call. */
@NullMarked
package org.svgen.pipeline;

import org.jspecify.annotations.NullMarked;
