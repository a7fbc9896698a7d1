/** What can be said about numbers of few videos: intervals, fronts, ranks, bounds. */
@NullMarked
package org.svgen.lab.statistics;

import org.jspecify.annotations.NullMarked;
