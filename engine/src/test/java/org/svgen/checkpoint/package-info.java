@NullMarked
package org.svgen.checkpoint;

import org.jspecify.annotations.NullMarked;
