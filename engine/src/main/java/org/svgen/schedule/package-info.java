/** From noise to latents: which timesteps a run visits and how a sample moves between them. */
@NullMarked
package org.svgen.schedule;

import org.jspecify.annotations.NullMarked;
