/** From pictures to embeddings: resizing, what image processors do, and CLIP's vision encoder. */
@NullMarked
package org.svgen.vision;

import org.jspecify.annotations.NullMarked;
