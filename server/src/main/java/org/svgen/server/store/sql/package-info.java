/**
 * Stores of jobs by SQL: SQLite in the data folder, or a PostgreSQL that several machines share.
 */
@NullMarked
package org.svgen.server.store.sql;

import org.jspecify.annotations.NullMarked;
