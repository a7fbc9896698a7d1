/** The C libraries that the GPU backend calls, one class each. */
@NullMarked
package org.svgen.cuda.ffi;

import org.jspecify.annotations.NullMarked;
