@NullMarked
package org.svgen.hub;

import org.jspecify.annotations.NullMarked;
