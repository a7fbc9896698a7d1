package org.svgen.bench.composition;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is measured stands in the docs: no kind of attention is left out of the tables. */
class CompositionPageTest {
    @Test
    void eachKindOfAttentionHasARowInEachTable() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "composition.md"));
        String tables =
                page.substring(page.indexOf("<!-- measured -->"), page.indexOf("<!-- end -->"));
        for (String table : List.of("### Caches", "### Precisions", "### Few steps")) {
            assertThat(tables).contains(table);
        }
        for (String table : tables.split("\n### ")) {
            if (table.contains("| attention |")) {
                assertThat(Way.all())
                        .allSatisfy(way -> assertThat(table).contains("\n| " + way + " |"));
            }
        }
    }
}
