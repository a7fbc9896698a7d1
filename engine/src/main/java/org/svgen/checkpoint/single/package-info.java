/** Components of models in single files, whatever these call their tensors and store them in. */
@NullMarked
package org.svgen.checkpoint.single;

import org.jspecify.annotations.NullMarked;
