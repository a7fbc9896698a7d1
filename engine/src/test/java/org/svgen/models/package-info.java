@NullMarked
package org.svgen.models;

import org.jspecify.annotations.NullMarked;
