/** What a shell knows of svgen: completion of commands and options, and manual pages. */
@NullMarked
package org.svgen.cli.shell;

import org.jspecify.annotations.NullMarked;
