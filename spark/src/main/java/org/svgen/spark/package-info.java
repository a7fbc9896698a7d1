/** Videos for the rows of a table, by Apache Spark (docs/spark.md). */
@NullMarked
package org.svgen.spark;

import org.jspecify.annotations.NullMarked;
