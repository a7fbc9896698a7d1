/**
 * Clusters of tokens and what attends to them: the nearest centroids and how far off means are, by
 * a list of kernels each, and what goes with them.
 */
@NullMarked
package org.svgen.cuda.cluster;

import org.jspecify.annotations.NullMarked;
