/** Tensors, their memory, the operations on them and the way backends are found. */
@NullMarked
package org.svgen.tensor;

import org.jspecify.annotations.NullMarked;
