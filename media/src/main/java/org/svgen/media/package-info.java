/** Clips to files and back: MP4, GIF, folders of PNG frames, contact sheets, images. */
@NullMarked
package org.svgen.media;

import org.jspecify.annotations.NullMarked;
