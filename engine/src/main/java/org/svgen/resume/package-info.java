/** Checkpoints of runs: when they are written, what they hold, and how a run goes on from one. */
@NullMarked
package org.svgen.resume;

import org.jspecify.annotations.NullMarked;
