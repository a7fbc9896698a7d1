/** What a job of the service is: values that all of its parts share. */
@NullMarked
package org.svgen.server.job;

import org.jspecify.annotations.NullMarked;
