package org.svgen.cli;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaFieldAccess;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The arrows of docs/architecture.md. */
class ArchitectureTest {
    private static final String[] ENGINE = {
        "org.svgen.files..",
        "org.svgen.checkpoint..",
        "org.svgen.state..",
        "org.svgen.resume..",
        "org.svgen.hub..",
        "org.svgen.text..",
        "org.svgen.vision..",
        "org.svgen.nn..",
        "org.svgen.sparse..",
        "org.svgen.cache..",
        "org.svgen.vae..",
        "org.svgen.schedule..",
        "org.svgen.guidance..",
        "org.svgen.setting..",
        "org.svgen.pipeline..",
        "org.svgen.run..",
        "org.svgen.forecast..",
        "org.svgen.models.."
    };
    private static final String[] MEDIA = {
        "org.svgen.media..", "org.svgen.lab..", "org.svgen.server.."
    };

    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages("org.svgen");

    @Test
    void tensorsKnowNobody() {
        noClasses()
                .that()
                .resideInAPackage("org.svgen.tensor..")
                .should()
                .dependOnClassesThat(
                        resideInAPackage("org.svgen..")
                                .and(
                                        DescribedPredicate.not(
                                                resideInAPackage("org.svgen.tensor.."))))
                .check(CLASSES);
    }

    @Test
    void nobodyCompilesAgainstABackend() {
        for (String backend : new String[] {"org.svgen.cpu..", "org.svgen.cuda.."}) {
            noClasses()
                    .that()
                    .resideOutsideOfPackage(backend)
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage(backend)
                    .check(CLASSES);
        }
    }

    @Test
    void aBackendKnowsTensorsOnly() {
        noClasses()
                .that()
                .resideInAnyPackage("org.svgen.cpu..", "org.svgen.cuda..")
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage(ENGINE)
                                .or(resideInAnyPackage(MEDIA))
                                .or(resideInAPackage("org.svgen.cli..")))
                .check(CLASSES);
    }

    @Test
    void theEngineKnowsNeitherFilesOfVideoNorTheCommandLine() {
        noClasses()
                .that()
                .resideInAnyPackage(ENGINE)
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage(MEDIA).or(resideInAPackage("org.svgen.cli..")))
                .check(CLASSES);
    }

    @Test
    void theSparseMethodKnowsNoModelAndNoPipeline() {
        noClasses()
                .that()
                .resideInAPackage("org.svgen.sparse..")
                .should()
                .dependOnClassesThat(
                        resideInAPackage("org.svgen..")
                                .and(
                                        DescribedPredicate.not(
                                                resideInAnyPackage(
                                                        "org.svgen.sparse..",
                                                        "org.svgen.state..",
                                                        "org.svgen.tensor.."))))
                .check(CLASSES);
    }

    @Test
    void whatIsCarriedFromStepToStepKnowsTensorsOnly() {
        noClasses()
                .that()
                .resideInAPackage("org.svgen.state..")
                .should()
                .dependOnClassesThat(
                        resideInAPackage("org.svgen..")
                                .and(
                                        DescribedPredicate.not(
                                                resideInAnyPackage(
                                                        "org.svgen.state..",
                                                        "org.svgen.tensor.."))))
                .check(CLASSES);
    }

    @Test
    void cachesKnowNoModelAndNoPipeline() {
        noClasses()
                .that()
                .resideInAPackage("org.svgen.cache..")
                .should()
                .dependOnClassesThat(
                        resideInAPackage("org.svgen..")
                                .and(
                                        DescribedPredicate.not(
                                                resideInAnyPackage(
                                                        "org.svgen.cache..",
                                                        "org.svgen.schedule..",
                                                        "org.svgen.state..",
                                                        "org.svgen.tensor.."))))
                .check(CLASSES);
    }

    @Test
    void whatASettingIsKnowsNoSetting() {
        noClasses()
                .that()
                .resideInAPackage("org.svgen.setting..")
                .should()
                .dependOnClassesThat(
                        resideInAPackage("org.svgen..")
                                .and(
                                        DescribedPredicate.not(
                                                resideInAnyPackage(
                                                        "org.svgen.setting..",
                                                        "org.svgen.tensor.."))))
                .check(CLASSES);
    }

    @Test
    void nothingThatModelsAreMadeOfKnowsAModelOrARun() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "org.svgen.nn..",
                        "org.svgen.text..",
                        "org.svgen.vision..",
                        "org.svgen.schedule..",
                        "org.svgen.checkpoint..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.svgen.models..",
                        "org.svgen.run..",
                        "org.svgen.pipeline..",
                        "org.svgen.forecast..")
                .check(CLASSES);
    }

    @Test
    void autoencodersAreBuiltOfPartsThatKnowNoModelAndNoPipeline() {
        noClasses()
                .that()
                .resideInAPackage("org.svgen.vae..")
                .should()
                .dependOnClassesThat(
                        resideInAPackage("org.svgen..")
                                .and(
                                        DescribedPredicate.not(
                                                resideInAnyPackage(
                                                        "org.svgen.vae..",
                                                        "org.svgen.nn..",
                                                        "org.svgen.checkpoint..",
                                                        "org.svgen.tensor.."))))
                .check(CLASSES);
    }

    @Test
    void whatProgramsCallKnowsNotHowARunGoes() {
        noClasses()
                .that()
                .resideInAPackage("org.svgen.pipeline..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.svgen.run..",
                        "org.svgen.models..",
                        "org.svgen.forecast..",
                        "org.svgen.nn..",
                        "org.svgen.text..",
                        "org.svgen.vision..",
                        "org.svgen.vae..",
                        "org.svgen.schedule..")
                .check(CLASSES);
    }

    @Test
    void aRunKnowsNoModel() {
        noClasses()
                .that()
                .resideInAnyPackage("org.svgen.run..", "org.svgen.forecast..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.svgen.models..")
                .check(CLASSES);
    }

    @Test
    void oneModelKnowsNoOther() {
        slices().matching("org.svgen.models.(*)..").should().notDependOnEachOther().check(CLASSES);
    }

    @Test
    void theHubKnowsCheckpointsOnly() {
        noClasses()
                .that()
                .resideInAPackage("org.svgen.hub..")
                .should()
                .dependOnClassesThat(
                        resideInAPackage("org.svgen..")
                                .and(
                                        DescribedPredicate.not(
                                                resideInAnyPackage(
                                                        "org.svgen.hub..",
                                                        "org.svgen.files..",
                                                        "org.svgen.checkpoint..",
                                                        "org.svgen.tensor.."))))
                .check(CLASSES);
    }

    @Test
    void outputFilesKnowNothingOfWhatIsInThem() {
        noClasses()
                .that()
                .resideInAPackage("org.svgen.files..")
                .should()
                .dependOnClassesThat(
                        resideInAPackage("org.svgen..")
                                .and(
                                        DescribedPredicate.not(
                                                resideInAnyPackage(
                                                        "org.svgen.files..",
                                                        "org.svgen.tensor.."))))
                .check(CLASSES);
    }

    @Test
    void theRestOfTheEngineWorksWithoutANetwork() {
        noClasses()
                .that()
                .resideInAnyPackage(ENGINE)
                .and()
                .resideOutsideOfPackage("org.svgen.hub..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.svgen.hub..", "java.net..")
                .check(CLASSES);
    }

    @Test
    void noTwoPackagesKnowEachOther() {
        slices().matching("org.svgen.(**)").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void mediaAndMeasurementsDoNotKnowTheCommandLine() {
        noClasses()
                .that()
                .resideInAnyPackage(MEDIA)
                .or()
                .resideInAPackage("org.svgen.bench..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.svgen.cli..")
                .check(CLASSES);
    }

    @Test
    void filesInAndOutKnowNotWhatIsMadeOfThem() {
        noClasses()
                .that()
                .resideInAPackage("org.svgen.media..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.svgen.lab..", "org.svgen.server..")
                .check(CLASSES);
    }

    @Test
    void measurementsAndTheServiceDoNotKnowEachOther() {
        noClasses()
                .that()
                .resideInAPackage("org.svgen.lab..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.svgen.server..")
                .check(CLASSES);
    }

    @Test
    void whatKeepsJobsKnowsNothingElseOfTheService() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "org.svgen.server.job..",
                        "org.svgen.server.store..",
                        "org.svgen.server.blob..")
                .should()
                .dependOnClassesThat(
                        resideInAPackage("org.svgen..")
                                .and(
                                        DescribedPredicate.not(
                                                resideInAnyPackage(
                                                        "org.svgen.server.job..",
                                                        "org.svgen.server.store..",
                                                        "org.svgen.server.blob..",
                                                        "org.svgen.files..",
                                                        "org.svgen.tensor.."))))
                .check(CLASSES);
    }

    @Test
    void onlyTheCommandLineKnowsMeasurements() {
        noClasses()
                .that()
                .resideOutsideOfPackages("org.svgen.bench..", "org.svgen.cli")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.svgen.bench..")
                .check(CLASSES);
    }

    @Test
    void onlyTheCommandLinePrintsOrEndsTheJvm() {
        noClasses()
                .that()
                .resideOutsideOfPackage("org.svgen.cli..")
                .should()
                .accessFieldWhere(standardStream())
                .orShould()
                .callMethod(System.class, "exit", int.class)
                .check(CLASSES);
    }

    /**
     * Java has no call that exchanges two names, and none for the priority of a thread without the
     * superuser, so a class each asks the system. Tests set the emulated driver by the C library.
     */
    @Test
    void onlyBackendsCallNativeFunctionsAndWhatJavaDoesNotHave() {
        noClasses()
                .that()
                .resideOutsideOfPackages("org.svgen.cpu..", "org.svgen.cuda..")
                .and()
                .doNotHaveFullyQualifiedName("org.svgen.files.Exchange")
                .and()
                .doNotHaveFullyQualifiedName("org.svgen.server.work.LowPriority")
                .and()
                .doNotHaveFullyQualifiedName("org.svgen.testkit.EmulatedDriver")
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.lang.foreign.Linker")
                .check(CLASSES);
    }

    private static DescribedPredicate<JavaFieldAccess> standardStream() {
        return DescribedPredicate.describe(
                "a standard stream",
                access -> {
                    JavaClass owner = access.getTargetOwner();
                    String field = access.getName();
                    return owner.isEquivalentTo(System.class)
                            && (field.equals("out") || field.equals("err"));
                });
    }
}
