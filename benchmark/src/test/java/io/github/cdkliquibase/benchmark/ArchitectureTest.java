package io.github.cdkliquibase.benchmark;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.github.cdkliquibase.benchmark", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    private static final String PROCESS = "io.github.cdkliquibase.benchmark.process";

    @ArchTest
    static final ArchRule packagesAreFreeOfCycles =
            slices().matching("io.github.cdkliquibase.benchmark.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule classesOfOtherProcessesAreAlone = noClasses()
            .that()
            .resideInAPackage(PROCESS)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.github.cdkliquibase.stage..",
                    "io.github.cdkliquibase.benchmark",
                    "io.github.cdkliquibase.benchmark.changelog..",
                    "io.github.cdkliquibase.benchmark.contestant..",
                    "io.github.cdkliquibase.benchmark.machine..",
                    "io.github.cdkliquibase.benchmark.report..",
                    "io.github.cdkliquibase.benchmark.scenario..",
                    "io.github.cdkliquibase.benchmark.wire..");

    @ArchTest
    static final ArchRule classesOfOtherProcessesAreNamedOnly = classes()
            .that()
            .resideInAPackage(PROCESS)
            .should()
            .onlyHaveDependentClassesThat()
            .resideInAPackage(PROCESS);

    @ArchTest
    static final ArchRule classesOfOtherProcessesHaveNoNestedOnes =
            noClasses().that().resideInAPackage(PROCESS).should().beNestedClasses();
}
