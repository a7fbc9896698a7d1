/** Matrix products, by cuBLASLt or by kernels of our own. */
@NullMarked
package org.svgen.cuda.product;

import org.jspecify.annotations.NullMarked;
