/** What a run carries from step to step, so that it can be kept and taken up again. */
@NullMarked
package org.svgen.state;

import org.jspecify.annotations.NullMarked;
