/** The HunyuanVideo-1.5 family of models, as diffusers lays them out. */
@NullMarked
package org.svgen.models.hunyuan15;

import org.jspecify.annotations.NullMarked;
