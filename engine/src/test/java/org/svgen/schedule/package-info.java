@NullMarked
package org.svgen.schedule;

import org.jspecify.annotations.NullMarked;
