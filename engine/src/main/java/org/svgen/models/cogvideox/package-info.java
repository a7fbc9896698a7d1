/** CogVideoX 1.0 and 1.5, text-to-video and image-to-video, in diffusers' layout. */
@NullMarked
package org.svgen.models.cogvideox;

import org.jspecify.annotations.NullMarked;
