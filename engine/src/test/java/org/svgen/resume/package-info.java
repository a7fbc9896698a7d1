@NullMarked
package org.svgen.resume;

import org.jspecify.annotations.NullMarked;
