/** The operations that models are made of, a record each, and what attention is told of keys. */
@NullMarked
package org.svgen.tensor.op;

import org.jspecify.annotations.NullMarked;
