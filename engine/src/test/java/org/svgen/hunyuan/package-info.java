@NullMarked
package org.svgen.hunyuan;

import org.jspecify.annotations.NullMarked;
