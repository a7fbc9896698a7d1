/** The svgen command: options in, text out. The only package that prints. */
@NullMarked
package org.svgen.cli;

import org.jspecify.annotations.NullMarked;
