/** Weights that measures need: where they come from, and where they lie here. */
@NullMarked
package org.svgen.lab.weights;

import org.jspecify.annotations.NullMarked;
