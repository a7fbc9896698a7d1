/** Attention, and its profile, by whichever kernel takes a call. */
@NullMarked
package org.svgen.cuda.attention;

import org.jspecify.annotations.NullMarked;
