/**
 * Layers of transformers whose tokens of video and text are one sequence: blocks with weights of
 * their own for each, and what a text goes through before the first block.
 */
@NullMarked
package org.svgen.nn.joint;

import org.jspecify.annotations.NullMarked;
