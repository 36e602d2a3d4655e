package io.github.cdkliquibase.lambda;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.github.cdkliquibase.lambda.cloudformation.CustomResourceHandler;
import java.util.regex.Pattern;

/** Who may know what. */
@AnalyzeClasses(packages = "io.github.cdkliquibase.lambda", importOptions = DoNotIncludeTests.class)
final class ArchitectureTest {

    private static final String ROOT = "io.github.cdkliquibase.lambda";

    @ArchTest
    static final ArchRule packagesAreFreeOfCycles =
            slices().matching(ROOT + ".(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule onlyTheRootKnowsThePackagesBelowIt = noClasses()
            .that()
            .resideInAPackage(ROOT + ".*..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(ROOT);

    @ArchTest
    static final ArchRule onlyWiringReadsTheEnvironment = noClasses()
            .that()
            .doNotBelongToAnyOf(Wiring.class)
            // It stands for Liquibase's own reader of Java's properties, and hashes them.
            .and()
            .haveNameNotMatching(Pattern.quote(ROOT + ".changelog.SettingSources$JavaProperties"))
            .should()
            .callMethodWhere(target(owner(type(System.class)))
                    .and(target(nameMatching("getenv|getProperty|getProperties|setProperty"))));

    @ArchTest
    static final ArchRule onlyThePackageCloudformationKnowsLambda = noClasses()
            .that()
            .resideOutsideOfPackage(ROOT + ".cloudformation")
            // The handlers inherit what Lambda calls.
            .and()
            .areNotAssignableTo(CustomResourceHandler.class)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("com.amazonaws..", "software.amazon.lambda..");

    @ArchTest
    static final ArchRule theProtocolKnowsNothingOfWhatAResourceDoes = classes()
            .that()
            .resideInAPackage(ROOT + ".cloudformation")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    ROOT + ".cloudformation",
                    ROOT + ".deadline",
                    ROOT + ".digest",
                    ROOT + ".failure",
                    ROOT + ".json",
                    "java..",
                    "org.jspecify..",
                    "org.slf4j..",
                    "com.fasterxml.jackson.core..",
                    "com.amazonaws..",
                    "software.amazon.lambda..",
                    "software.amazon.awssdk.http..");

    // Its classes would take a tenth of a cold start. Only powertools needs them.
    @ArchTest
    static final ArchRule jsonIsReadAndWrittenTokenByToken =
            noClasses().should().dependOnClassesThat().resideInAPackage("com.fasterxml.jackson.databind..");

    @ArchTest
    static final ArchRule onlyThePackageChangelogKnowsLiquibase = noClasses()
            .that()
            .resideOutsideOfPackage(ROOT + ".changelog..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("liquibase..");

    @ArchTest
    static final ArchRule onlyTheEngineAndTheRolesKnowTheDriver = noClasses()
            .that()
            .resideOutsideOfPackages(ROOT + ".engine.postgresql", ROOT + ".roles")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.postgresql..");

    @ArchTest
    static final ArchRule onlyWiringNamesAnEngine = noClasses()
            .that()
            .resideOutsideOfPackage(ROOT + ".engine.postgresql")
            .and()
            .doNotBelongToAnyOf(Wiring.class)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(ROOT + ".engine.postgresql");

    @ArchTest
    static final ArchRule theSeamKnowsNoEngineAndNothingAboveIt = classes()
            .that()
            .resideInAPackage(ROOT + ".engine")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "java..",
                    "javax..",
                    "org.jspecify..",
                    ROOT + ".engine",
                    ROOT + ".failure",
                    ROOT + ".deadline",
                    ROOT + ".digest");

    // What users write runs in there, and the roles' function has the administrator's secret.
    @ArchTest
    static final ArchRule theRolesKnowNothingOfChangelogs = noClasses()
            .that()
            .resideInAPackage(ROOT + ".roles")
            .or()
            .belongToAnyOf(RolesHandler.class, RolesResource.class, RolesWork.class)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(ROOT + ".changelog..", ROOT + ".history");

    @ArchTest
    static final ArchRule onlyTheDatabaseCallsAwsAndTheProtocolUsesTheHttpClientOfItsBaseClass = noClasses()
            .that()
            .resideOutsideOfPackages(ROOT + ".cloudformation", ROOT + ".database")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("software.amazon.awssdk..");

    @ArchTest
    static final ArchRule classesAreFinalUnlessTheyMustNotBe = classes()
            .that()
            .areNotInterfaces()
            .and()
            .doNotHaveModifier(com.tngtech.archunit.core.domain.JavaModifier.ABSTRACT)
            .and()
            .areNotAnonymousClasses()
            .and()
            .areNotEnums()
            .should()
            .haveModifier(com.tngtech.archunit.core.domain.JavaModifier.FINAL);
}
