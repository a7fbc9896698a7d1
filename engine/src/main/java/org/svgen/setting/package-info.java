/**
 * What settings are: their names, the values that they take, and how files and options say them.
 */
@NullMarked
package org.svgen.setting;

import org.jspecify.annotations.NullMarked;
