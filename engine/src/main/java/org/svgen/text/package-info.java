/** From prompts to embeddings: tokenizers and text encoders. */
@NullMarked
package org.svgen.text;

import org.jspecify.annotations.NullMarked;
