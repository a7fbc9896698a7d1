package org.svgen.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPath;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

/** The poms say what Maven Central refuses to be without. */
class PomsTest {
    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();

    private final XPath xpath = XPathFactory.newInstance().newXPath();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "name",
                "description",
                "url",
                "licenses/license/name",
                "licenses/license/url",
                "developers/developer/name",
                "scm/connection",
                "scm/developerConnection",
                "scm/url",
                "issueManagement/url",
                "organization/name"
            })
    void theParentTellsWhoseProjectThisIs(String element) throws Exception {
        assertThat(text(pom(ROOT), "/project/" + element)).isNotBlank();
    }

    @Test
    void eachModuleHasANameADescriptionAndAModuleName() throws Exception {
        NodeList modules =
                (NodeList)
                        xpath.evaluate(
                                "/project/modules/module", pom(ROOT), XPathConstants.NODESET);
        List<String> names =
                IntStream.range(0, modules.getLength())
                        .mapToObj(i -> modules.item(i).getTextContent())
                        .toList();
        assertThat(names).contains("tensor", "engine", "media", "lab", "server", "cli");
        for (String name : names) {
            Document pom = pom(ROOT.resolve(name));
            assertThat(text(pom, "/project/name")).isEqualTo("svgen " + name);
            assertThat(text(pom, "/project/description")).as(name).isNotBlank();
            if (!text(pom, "/project/packaging").equals("pom")) {
                assertThat(text(pom, "/project/properties/module.name"))
                        .isEqualTo("org.svgen." + name);
            }
        }
    }

    @Test
    void whatIsForTestsOnlyIsNotDeployed() throws Exception {
        assertThat(text(pom(ROOT.resolve("testkit")), "/project/properties/maven.deploy.skip"))
                .isEqualTo("true");
        assertThat(text(pom(ROOT), "//excludeArtifact")).isEqualTo("svgen-testkit");
    }

    private String text(Document pom, String path) throws Exception {
        return xpath.evaluate(path, pom);
    }

    private static Document pom(Path module) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(module.resolve("pom.xml").toFile());
    }
}
