/** Convolutions: products that gather what they multiply. */
@NullMarked
package org.svgen.cuda.conv;

import org.jspecify.annotations.NullMarked;
