/**
 * Caches that skip steps: a step's output, or what most of the network adds, is taken from an
 * earlier step. Knows tensors and no model.
 */
@NullMarked
package org.svgen.cache;

import org.jspecify.annotations.NullMarked;
