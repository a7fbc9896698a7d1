@NullMarked
package org.svgen.models.hunyuan15;

import org.jspecify.annotations.NullMarked;
