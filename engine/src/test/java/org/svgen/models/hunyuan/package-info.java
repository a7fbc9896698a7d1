@NullMarked
package org.svgen.models.hunyuan;

import org.jspecify.annotations.NullMarked;
