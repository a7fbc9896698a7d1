/** Numbers in blocks of few bits with scales for each block, as files of ggml have them. */
@NullMarked
package org.svgen.tensor.block;

import org.jspecify.annotations.NullMarked;
