@NullMarked
package org.svgen.vision;

import org.jspecify.annotations.NullMarked;
