@NullMarked
package org.svgen.cogvideox;

import org.jspecify.annotations.NullMarked;
