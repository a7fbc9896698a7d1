package org.svgen.lab.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.parser.ParseError;
import org.jsoup.parser.Parser;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What holds for the page as a whole. */
class StudyReportTest {
    @TempDir static Path folder;

    private static String html = "";
    private static Document page = new Document("");
    private static List<ParseError> errors = List.of();

    @BeforeAll
    static void write() throws IOException {
        StudyReport.write(folder, MadeUpStudy.withPictures(folder, 2, 2));
        html = Files.readString(folder.resolve(StudyReport.HTML));
        Parser parser = Parser.htmlParser().setTrackErrors(50);
        page = Jsoup.parse(html, "", parser);
        errors = parser.getErrors();
    }

    @Test
    void itIsHtmlWithoutMistakes() {
        assertThat(errors).isEmpty();
        assertThat(html).startsWith("<!DOCTYPE html>");
    }

    @Test
    void itNeedsNoOtherFileAndNoNetwork() {
        assertThat(page.select("link, iframe, object, embed, base, form, video, audio")).isEmpty();
        assertThat(page.select("[src]"))
                .isNotEmpty()
                .allSatisfy(element -> assertThat(element.attr("src")).startsWith("data:image/"));
        assertThat(page.select("[href]"))
                .allSatisfy(element -> assertThat(element.attr("href")).startsWith("#"));
        assertThat(page.select("style").html()).doesNotContain("@import").doesNotContain("url(");
        assertThat(page.select("meta[http-equiv=Content-Security-Policy]").attr("content"))
                .startsWith("default-src 'none'; img-src data:;")
                .contains(Template.scriptHash());
    }

    /** The prompt closes tags and opens a script and a placeholder. */
    @Test
    void whatUsersWroteIsTextAndNothingElse() {
        assertThat(page.select("script")).hasSize(1);
        assertThat(page.select("script").first().data()).isEqualTo(Template.script());
        assertThat(page.select("#run ol li").eachText()).contains(MadeUpStudy.EVIL);
        assertThat(page.select("#clips summary q").eachText()).contains(MadeUpStudy.EVIL);
        assertThat(page.select("img").eachAttr("alt"))
                .anyMatch(alt -> alt.contains(MadeUpStudy.EVIL));
    }

    @Test
    void picturesAndPlotsHaveWordsForThoseWhoCannotSeeThem() {
        assertThat(page.select("img")).hasSize(4 * 10 + 8);
        assertThat(page.select("img"))
                .allSatisfy(image -> {
                    assertThat(image.attr("alt")).isNotBlank();
                    assertThat(image.attr("width")).isNotBlank();
                });
        assertThat(page.select("svg.plot")).hasSizeGreaterThan(10);
        for (Element plot : page.select("svg.plot")) {
            assertThat(plot.attr("role")).isEqualTo("img");
            for (String id : plot.attr("aria-labelledby").split(" ")) {
                assertThat(plot.getElementById(id).text()).isNotBlank();
            }
            assertThat(plot.select("text").eachText()).isNotEmpty();
        }
    }

    @Test
    void tablesHaveCaptionsAndHeadings() {
        assertThat(page.select("table")).hasSize(3);
        for (Element table : page.select("table")) {
            assertThat(table.select("caption").text()).isNotBlank();
            assertThat(table.select("thead th[scope=col]").size())
                    .isEqualTo(table.select("thead tr > *").size());
            int columns = table.select("thead th").size();
            assertThat(columns).isGreaterThan(6);
            assertThat(table.select("tbody tr")).hasSizeGreaterThan(3);
            for (Element row : table.select("tbody tr")) {
                assertThat(row.select("th[scope=row]")).hasSize(1);
                assertThat(row.children()).hasSize(columns);
            }
        }
    }

    @Test
    void eachMeasureStandsInTheTableWithItsDifference() {
        Element table = page.select("#summary table").last();
        assertThat(table.select("thead th").eachText())
                .containsExactly(
                        "Method",
                        "PSNR, dB",
                        "PSNR, mean over frames, dB",
                        "PSNR of changes, dB",
                        "SSIM",
                        "MS-SSIM",
                        "GMSD");
        Element both = table.select("tbody tr:has(th:contains(both, EasyCache))").first();
        assertThat(both.select("td").get(0).text())
                .matches("\\d\\d\\.\\d\\d [+\u2212]\\d\\.\\d\\d \\S+ to \\S+");
    }

    @Test
    void headingsAreInOrderAndLinksLeadSomewhere() {
        assertThat(page.select("h1")).hasSize(1);
        assertThat(page.selectFirst("html").attr("lang")).isEqualTo("en");
        assertThat(page.select("nav a").eachAttr("href"))
                .hasSize(9)
                .allSatisfy(link -> assertThat(page.select(link)).hasSize(1));
        for (Element section : page.select("section")) {
            assertThat(page.getElementById(section.attr("aria-labelledby")).tagName())
                    .isEqualTo("h2");
        }
    }

    @Test
    void everyNameOfAnElementIsThereOnce() {
        List<String> ids = page.select("[id]").eachAttr("id");
        assertThat(ids).doesNotHaveDuplicates();
        Pattern reference = Pattern.compile("url\\(#([^)]*)\\)");
        List<String> used = new ArrayList<>();
        for (Element element : page.select("[clip-path]")) {
            reference
                    .matcher(element.attr("clip-path"))
                    .results()
                    .forEach(r -> used.add(r.group(1)));
        }
        assertThat(used).isNotEmpty();
        assertThat(ids).containsAll(used);
    }

    @Test
    void itSaysWhatWasRunAndHow() {
        assertThat(page.select("#run pre").text())
                .isEqualTo("svgen study stack.yaml --device cpu --dtype f32");
        assertThat(page.select("#run dd").eachText())
                .contains("CogVideoXPipeline, demo", "CPU, 16 threads, Vector API 512 bit", "160");
        assertThat(page.select("#run dt").eachText()).contains("dense steps", "seeds");
    }

    @Test
    void theClipThatSuffersMostComesFirst() {
        List<String> numbers = page.select("#clips details > summary b").eachText();
        assertThat(numbers).hasSize(4).containsAll(List.of("Clip 1", "Clip 2", "Clip 3", "Clip 4"));
        List<Double> worst =
                page.select("#clips .range").eachText().stream()
                        .map(text -> Double.parseDouble(text.split(" ")[1]))
                        .toList();
        assertThat(worst.getFirst()).isLessThan(worst.getLast());
        assertThat(page.select("#clips details").first().hasAttr("open")).isTrue();
    }

    @Test
    void theSameResultsGiveTheSamePage() {
        Findings findings = Findings.of(MadeUpStudy.withPictures(folder, 2, 2));
        Page again = new PageMaker(findings, folder, Pictures.BUDGET).page();
        assertThat(Template.html(again)).isEqualTo(html);
    }

    @Test
    void thePlotForOtherPagesStandsAlone() throws IOException {
        String svg = Files.readString(folder.resolve(StudyReport.PARETO));
        Document drawing = Jsoup.parse(svg, "", Parser.xmlParser());
        assertThat(drawing.select("svg > style").html()).contains("prefers-color-scheme: dark");
        assertThat(drawing.select("text").eachText())
                .contains("svg", "both, EasyCache", "floor", "times as fast as dense", "PSNR, dB");
        assertThat(drawing.select("svg > title").text()).isEqualTo("Speed and PSNR");
        assertThat(drawing.select("svg > desc").text()).contains("On the front: ");
    }
}
