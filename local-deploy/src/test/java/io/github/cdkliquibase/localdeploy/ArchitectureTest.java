package io.github.cdkliquibase.localdeploy;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.github.cdkliquibase.localdeploy", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule packagesAreFreeOfCycles = slices().matching("io.github.cdkliquibase.localdeploy.(*)..")
            .should()
            .beFreeOfCycles();

    @ArchTest
    static final ArchRule partsDoNotKnowTheCommandLine = noClasses()
            .that()
            .resideInAPackage("io.github.cdkliquibase.localdeploy.*..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.github.cdkliquibase.localdeploy", "picocli..");

    @ArchTest
    static final ArchRule environmentIsReadByTheCommandLineOnly = noClasses()
            .that()
            .resideInAPackage("io.github.cdkliquibase.localdeploy.*..")
            .should()
            .callMethod(System.class, "getenv")
            .orShould()
            .callMethod(System.class, "getenv", String.class);
}
