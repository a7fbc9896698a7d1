/** Files of torch ({@code .pth}), read without running what they may hold. */
@NullMarked
package org.svgen.checkpoint.torch;

import org.jspecify.annotations.NullMarked;
