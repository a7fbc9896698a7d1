/** What a study found, as one page that anyone can open: numbers, plots, pictures. */
@NullMarked
package org.svgen.lab.report;

import org.jspecify.annotations.NullMarked;
