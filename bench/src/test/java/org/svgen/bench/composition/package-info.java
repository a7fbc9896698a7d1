@NullMarked
package org.svgen.bench.composition;

import org.jspecify.annotations.NullMarked;
