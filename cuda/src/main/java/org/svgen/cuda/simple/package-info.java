/** Operations that one kernel, or one after the other, computes for every call. */
@NullMarked
package org.svgen.cuda.simple;

import org.jspecify.annotations.NullMarked;
