/** What sparse attention decided in a run, as a picture. */
@NullMarked
package org.svgen.lab.heads;

import org.jspecify.annotations.NullMarked;
