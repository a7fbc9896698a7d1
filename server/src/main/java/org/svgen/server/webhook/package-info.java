/** Webhooks: news of the end of jobs, signed and sent until they arrive. */
@NullMarked
package org.svgen.server.webhook;

import org.jspecify.annotations.NullMarked;
