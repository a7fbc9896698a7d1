/** Where jobs are kept: what was accepted is never lost, and each job has one owner at a time. */
@NullMarked
package org.svgen.server.store;

import org.jspecify.annotations.NullMarked;
