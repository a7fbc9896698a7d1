/** The service by HTTP: routes, who may use them, streams of events, the page. */
@NullMarked
package org.svgen.server.http;

import org.jspecify.annotations.NullMarked;
