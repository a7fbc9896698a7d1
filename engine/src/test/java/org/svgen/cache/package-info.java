@NullMarked
package org.svgen.cache;

import org.jspecify.annotations.NullMarked;
