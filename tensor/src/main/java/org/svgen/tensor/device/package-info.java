/** Devices: backends, how they are found and shared, their memory, and runs that only count. */
@NullMarked
package org.svgen.tensor.device;

import org.jspecify.annotations.NullMarked;
