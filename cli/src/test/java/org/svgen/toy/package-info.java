/** A made-up family of models, as small as one can be. */
@NullMarked
package org.svgen.toy;

import org.jspecify.annotations.NullMarked;
