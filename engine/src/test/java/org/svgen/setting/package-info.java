@NullMarked
package org.svgen.setting;

import org.jspecify.annotations.NullMarked;
