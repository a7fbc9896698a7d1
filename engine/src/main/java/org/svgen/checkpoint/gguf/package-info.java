/** Files of llama.cpp's format GGUF, whose tensors are stored in blocks of few bits. */
@NullMarked
package org.svgen.checkpoint.gguf;

import org.jspecify.annotations.NullMarked;
