/** What the service measures, as Prometheus reads it. */
@NullMarked
package org.svgen.server.metrics;

import org.jspecify.annotations.NullMarked;
