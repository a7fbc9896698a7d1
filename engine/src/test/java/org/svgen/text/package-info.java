@NullMarked
package org.svgen.text;

import org.jspecify.annotations.NullMarked;
