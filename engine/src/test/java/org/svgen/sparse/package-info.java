@NullMarked
package org.svgen.sparse;

import org.jspecify.annotations.NullMarked;
