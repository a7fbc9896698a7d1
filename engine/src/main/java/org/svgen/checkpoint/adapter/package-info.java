/** Adapters (LoRA) in the spellings of several tools, merged into weights as these are loaded. */
@NullMarked
package org.svgen.checkpoint.adapter;

import org.jspecify.annotations.NullMarked;
