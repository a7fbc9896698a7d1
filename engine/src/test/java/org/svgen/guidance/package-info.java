@NullMarked
package org.svgen.guidance;

import org.jspecify.annotations.NullMarked;
