/**
 * Causal video autoencoders: what all of them are built of, and how a large or long video goes
 * through one in pieces whose seams are blended. A family brings its config, its weights' names and
 * the layers that are its own.
 */
@NullMarked
package org.svgen.vae;

import org.jspecify.annotations.NullMarked;
