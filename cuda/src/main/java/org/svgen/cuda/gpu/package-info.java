/** A GPU in use, its memory, and how its kernels are loaded, chosen and launched. */
@NullMarked
package org.svgen.cuda.gpu;

import org.jspecify.annotations.NullMarked;
