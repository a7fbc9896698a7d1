@NullMarked
package org.svgen.checkpoint.torch;

import org.jspecify.annotations.NullMarked;
