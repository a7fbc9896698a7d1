/**
 * Studies: methods that make the same videos, measured against one of them. What a study file says,
 * how its runs are made one after the other, and what came of them.
 */
@NullMarked
package org.svgen.lab.study;

import org.jspecify.annotations.NullMarked;
