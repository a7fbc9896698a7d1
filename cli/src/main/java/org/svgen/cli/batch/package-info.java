/** Many videos of one file: its rows, what they ask for, and who makes it. */
@NullMarked
package org.svgen.cli.batch;

import org.jspecify.annotations.NullMarked;
