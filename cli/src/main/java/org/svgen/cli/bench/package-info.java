/** How fast the kernels are on this machine: {@code svgen bench}. */
@NullMarked
package org.svgen.cli.bench;

import org.jspecify.annotations.NullMarked;
