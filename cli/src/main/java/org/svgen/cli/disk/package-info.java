/** Models that lie in folders of the user's: single files, as ComfyUI keeps them. */
@NullMarked
package org.svgen.cli.disk;

import org.jspecify.annotations.NullMarked;
