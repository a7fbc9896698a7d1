@NullMarked
package org.svgen.pipeline;

import org.jspecify.annotations.NullMarked;
