package io.github.cdkliquibase.infra;

import io.github.cdkliquibase.constructs.database.DeploymentStage;
import io.github.cdkliquibase.constructs.database.Provisioning;
import io.github.cdkliquibase.constructs.migration.ChangelogFolder;
import io.github.cdkliquibase.constructs.migration.ConnectionBuilder;
import io.github.cdkliquibase.constructs.migration.DatabaseMigrationProps;
import io.github.cdkliquibase.constructs.migration.DatabaseRolesProps;
import io.github.cdkliquibase.constructs.migration.Protocol;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import software.constructs.Node;

/**
 * What the sample app can be told by CDK context. Paths are relative to the folder of cdk.json.
 *
 * @param stage {@code -c stage=}, development by default
 * @param provisioning {@code -c express=}, which adds a database in Express configuration and says who creates it; empty
 *     by default
 * @param protocol {@code -c protocol=}, provider by default
 * @param changelog {@code -c changelog=}, the folder of the module changelog by default
 * @param application {@code -c application=}, the zip of the module application by default
 * @param migrationLambda {@code -c migrationLambda=}, a zip other than the one that comes with the constructs
 * @param sslRootCert {@code -c sslRootCert=}, a file in the changelog folder with authorities that are trusted too
 * @param clock gives the time of this deploy
 */
record SampleSettings(
        DeploymentStage stage,
        Optional<Provisioning> provisioning,
        Protocol protocol,
        ChangelogFolder changelog,
        Path application,
        Optional<Path> migrationLambda,
        Optional<String> sslRootCert,
        Clock clock) {

    static SampleSettings from(Node context, Clock clock) {
        return new SampleSettings(
                DeploymentStage.of(text(context, "stage").orElse(DeploymentStage.DEVELOPMENT.word())),
                text(context, "express").map(word -> word("express", word, Provisioning.values())),
                text(context, "protocol")
                        .map(word -> word("protocol", word, Protocol.values()))
                        .orElse(Protocol.PROVIDER),
                new ChangelogFolder(Path.of(text(context, "changelog").orElse("../changelog/src/main/resources"))),
                Path.of(text(context, "application").orElse("../application/target/application.zip")),
                text(context, "migrationLambda").map(Path::of),
                text(context, "sslRootCert"),
                clock);
    }

    /** What the migrations of all stacks have in common. */
    DatabaseMigrationProps.Builder migration() {
        DatabaseMigrationProps.Builder builder =
                common(DatabaseMigrationProps.builder()).changelog(changelog);
        sslRootCert.ifPresent(builder::sslRootCert);
        return builder;
    }

    /** The same for the roles. */
    DatabaseRolesProps.Builder roles() {
        DatabaseRolesProps.Builder builder = common(DatabaseRolesProps.builder());
        sslRootCert.map(changelog.path()::resolve).ifPresent(builder::sslRootCert);
        return builder;
    }

    private <B extends ConnectionBuilder<B>> B common(B builder) {
        migrationLambda.ifPresent(builder::functionArchive);
        return builder.protocol(protocol).clock(clock);
    }

    private static <E extends Enum<E>> E word(String key, String word, E[] values) {
        return Arrays.stream(values)
                .filter(value -> inContext(value).equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("Context value '%s' must be one of %s, got '%s'"
                        .formatted(
                                key,
                                Arrays.stream(values)
                                        .map(value -> "'" + inContext(value) + "'")
                                        .collect(Collectors.joining(", ")),
                                word)));
    }

    private static String inContext(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static Optional<String> text(Node context, String key) {
        return switch (context.tryGetContext(key)) {
            case null -> Optional.empty();
            case String text -> Optional.of(text);
            case Object other ->
                throw new IllegalArgumentException("Context value '" + key + "' must be a text, got '" + other + "'");
        };
    }
}
