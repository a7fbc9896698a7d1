package org.svgen.lab.report;

import org.svgen.lab.study.Method;

/** How a method looks in all plots and legends of a page. */
record Look(Colour colour, Mark mark) {
    static Look of(Findings findings, Standing standing) {
        if (standing.method().role() != Method.Role.METHOD) {
            return new Look(Colour.MUTED, Mark.CIRCLE);
        }
        int index = findings.judged().indexOf(standing);
        return new Look(Colour.series(index), Mark.series(index));
    }
}
