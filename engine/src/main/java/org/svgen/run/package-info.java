/** A run, written once for all models: checked, planned, rehearsed, carried out. */
@NullMarked
package org.svgen.run;

import org.jspecify.annotations.NullMarked;
