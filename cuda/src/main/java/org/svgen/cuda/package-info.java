/** Computes on NVIDIA GPUs with kernels of our own, through the driver's library alone. */
@NullMarked
package org.svgen.cuda;

import org.jspecify.annotations.NullMarked;
