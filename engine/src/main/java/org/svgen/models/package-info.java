/** The list of model families, and the way to open a model. */
@NullMarked
package org.svgen.models;

import org.jspecify.annotations.NullMarked;
