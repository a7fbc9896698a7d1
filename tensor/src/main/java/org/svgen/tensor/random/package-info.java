/** Random numbers, bit for bit those of torch. */
@NullMarked
package org.svgen.tensor.random;

import org.jspecify.annotations.NullMarked;
