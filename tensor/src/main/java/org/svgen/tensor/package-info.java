/** Tensors, their shapes, types and memory, and errors that say what is wrong in one line. */
@NullMarked
package org.svgen.tensor;

import org.jspecify.annotations.NullMarked;
