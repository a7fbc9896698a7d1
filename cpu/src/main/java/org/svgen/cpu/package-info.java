/** The CPU backend: Vector API kernels on all cores, nothing to install. */
@NullMarked
package org.svgen.cpu;

import org.jspecify.annotations.NullMarked;
