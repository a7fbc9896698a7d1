@NullMarked
package org.svgen.vae;

import org.jspecify.annotations.NullMarked;
