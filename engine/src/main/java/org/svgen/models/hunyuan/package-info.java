/** HunyuanVideo (arXiv 2412.03603): transformer, autoencoder and pipeline. */
@NullMarked
package org.svgen.models.hunyuan;

import org.jspecify.annotations.NullMarked;
