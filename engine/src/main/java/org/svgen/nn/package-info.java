/** Layers that several models share: records of weights with one method. */
@NullMarked
package org.svgen.nn;

import org.jspecify.annotations.NullMarked;
