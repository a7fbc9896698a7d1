package org.svgen.spark;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The arrows of docs/architecture.md that begin here. */
class SparkArchitectureTest {
    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages("org.svgen.spark");

    @Test
    void aBatchKnowsTheEngineAndFilesOfVideoOnly() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.svgen.cli..",
                        "org.svgen.server..",
                        "org.svgen.lab..",
                        "org.svgen.bench..",
                        "org.svgen.cpu..",
                        "org.svgen.cuda..")
                .check(CLASSES);
    }

    @Test
    void aBatchNeitherPrintsNorEndsTheJvm() {
        noClasses()
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .orShould()
                .callMethod(System.class, "exit", int.class)
                .check(CLASSES);
    }
}
