/** {@code svgen bench}: how fast kernels and models are on this machine. */
@NullMarked
package org.svgen.bench;

import org.jspecify.annotations.NullMarked;
