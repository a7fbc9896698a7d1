/**
 * How the predictions of guidance's two branches become one: classifier-free guidance and what
 * people do in its place, as the guiders of diffusers have it. Knows neither models nor devices.
 */
@NullMarked
package org.svgen.guidance;

import org.jspecify.annotations.NullMarked;
