@NullMarked
package org.svgen.models.cosmos;

import org.jspecify.annotations.NullMarked;
