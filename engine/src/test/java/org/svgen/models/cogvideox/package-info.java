@NullMarked
package org.svgen.models.cogvideox;

import org.jspecify.annotations.NullMarked;
