@NullMarked
package org.svgen.lab.study.file;

import org.jspecify.annotations.NullMarked;
