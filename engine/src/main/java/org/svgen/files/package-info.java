/** Output files: whole or not at all, safe on the disk, and no leftovers. */
@NullMarked
package org.svgen.files;

import org.jspecify.annotations.NullMarked;
