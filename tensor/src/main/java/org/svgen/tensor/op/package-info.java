/** The operations that models are made of, and what they are told about keys and tokens. */
@NullMarked
package org.svgen.tensor.op;

import org.jspecify.annotations.NullMarked;
