/** Study files: YAML as people write it, read into a study, with the place of every mistake. */
@NullMarked
package org.svgen.lab.study.file;

import org.jspecify.annotations.NullMarked;
