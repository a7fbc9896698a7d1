/**
 * Several devices that compute one thing together, as one {@link org.svgen.tensor.device.Backend}.
 * Knows operations and their operands, and no model. docs/ranks.md tells how it works.
 */
@NullMarked
package org.svgen.tensor.ranks;

import org.jspecify.annotations.NullMarked;
