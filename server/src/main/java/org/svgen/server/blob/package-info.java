/** Where files of jobs are kept: pictures that came in, checkpoints, results. */
@NullMarked
package org.svgen.server.blob;

import org.jspecify.annotations.NullMarked;
