/** Model files: safetensors, diffusers folders, configs, weights by name. */
@NullMarked
package org.svgen.checkpoint;

import org.jspecify.annotations.NullMarked;
