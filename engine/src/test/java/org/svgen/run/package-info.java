@NullMarked
package org.svgen.run;

import org.jspecify.annotations.NullMarked;
