package org.svgen.lab.report;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.svgen.files.Staged;
import org.svgen.lab.study.StudyResults;

/**
 * The report of a study: one HTML file with all numbers, plots and pictures in it, which opens
 * without a network. Beside it lies the plot of speed and quality as an SVG file, for other pages.
 */
public final class StudyReport {
    /** Name of the report in the study's folder. */
    public static final String HTML = "report.html";

    /** Name of the plot of speed and quality in the study's folder. */
    public static final String PARETO = "pareto.svg";

    private StudyReport() {}

    /**
     * Writes both, over what was there before. The plot is left out as long as there is nothing to
     * plot.
     *
     * @param folder of the study, which the names of pictures in the results start from
     * @param results of all of the study, or of the part that is done
     * @throws org.svgen.tensor.SvgenException if a file cannot be written
     */
    public static void write(Path folder, StudyResults results) {
        Objects.requireNonNull(folder, "folder");
        Objects.requireNonNull(results, "results");
        Findings findings = Findings.of(results);
        String page = Template.html(new PageMaker(findings, folder, Pictures.BUDGET).page());
        Staged.write(folder.resolve(HTML), file -> Files.writeString(file, page));
        Optional<String> plot =
                findings.judged().isEmpty()
                        ? Optional.empty()
                        : findings.main().map(m -> new ParetoPlot(findings, m).alone());
        plot.ifPresent(
                svg -> Staged.write(folder.resolve(PARETO), file -> Files.writeString(file, svg)));
    }
}
