/**
 * What tests of several modules share: goldens, reference operations, comparisons. Never shipped.
 */
@NullMarked
package org.svgen.testkit;

import org.jspecify.annotations.NullMarked;
