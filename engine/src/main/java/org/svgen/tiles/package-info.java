/** Working on large pictures in overlapping tiles, whose seams are blended. */
@NullMarked
package org.svgen.tiles;

import org.jspecify.annotations.NullMarked;
