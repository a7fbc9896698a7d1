/** Wan 2.1 and 2.2 (arXiv 2503.20314): transformer, autoencoders and pipelines. */
@NullMarked
package org.svgen.models.wan;

import org.jspecify.annotations.NullMarked;
