@NullMarked
package org.svgen.models.wan;

import org.jspecify.annotations.NullMarked;
