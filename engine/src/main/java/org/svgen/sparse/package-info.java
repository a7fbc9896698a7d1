/**
 * Sparse VideoGen (arXiv 2502.01776): each attention head is found, while the model runs, to be
 * spatial or temporal; a change of token order makes both a diagonal band; one band attention does
 * the rest. This package reads like the paper and knows no device.
 */
@NullMarked
package org.svgen.sparse;

import org.jspecify.annotations.NullMarked;
