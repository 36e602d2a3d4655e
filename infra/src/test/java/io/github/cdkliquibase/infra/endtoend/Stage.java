package io.github.cdkliquibase.infra.endtoend;

import io.github.cdkliquibase.stage.cloudformation.ResponseBucket;
import io.github.cdkliquibase.stage.database.EmbeddedDatabase;
import io.github.cdkliquibase.stage.iam.IamAuthProxy;
import io.github.cdkliquibase.stage.scratch.ScratchFolder;
import io.github.cdkliquibase.stage.secrets.SecretsManagerEndpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;

/** What AWS would bring, and a folder to synthesise in. */
final class Stage implements AutoCloseable {

    /** Where a synthesised changelog has the CA of the database, relative to its folder. */
    private static final String AUTHORITY = "throw-away-ca.pem";

    final EmbeddedDatabase database = EmbeddedDatabase.start();
    final ResponseBucket bucket = ResponseBucket.open();
    final Functions functions;

    /** The address of the database. */
    final IamAuthProxy front = IamAuthProxy.before(database);

    private final SecretsManagerEndpoint secrets = SecretsManagerEndpoint.open();
    private final ScratchFolder folder = ScratchFolder.create("end-to-end");
    private final App app;
    private int synths;

    /** The app under test. */
    interface App {

        /**
         * Synthesises the app.
         *
         * @param assembly where to; what an earlier synth has left there may stay
         * @param changelog the folder of the changelog
         * @param authority a file in it, with the authority of the database
         * @param clock gives the time of the deploy
         */
        void synthesise(Path assembly, Path changelog, String authority, Clock clock);
    }

    Stage(App app) {
        this.app = app;
        Path authorities = folder.resolve(AUTHORITY);
        write(authorities, front.certificateAuthority().orElseThrow());
        this.functions = new Functions(secrets.url(), authorities);
        beAdministratorOfRds();
    }

    // The owner of the database becomes what RDS makes of its master user: no superuser, but one who may create roles
    // and let them in with IAM tokens.
    private void beAdministratorOfRds() {
        try (Connection connection = database.connectAsSuperuser();
                Statement statement = connection.createStatement()) {
            statement.execute("alter role " + database.username() + " createrole createdb");
            statement.execute("grant rds_iam to " + database.username() + " with admin true, inherit false, set false");
            // The shop's, beside the one that the server came with.
            statement.execute("create database shop owner " + database.username());
        } catch (SQLException e) {
            throw new IllegalStateException("The administrator could not be made", e);
        }
    }

    /** Synthesises the app with a root changelog that includes one file of formatted SQL with this content. */
    CloudAssembly synthesise(String sql) {
        // Each time another folder: within one process CDK stages a folder only once.
        Path changelog = folder.resolve("changelog-" + ++synths);
        write(changelog.resolve(AUTHORITY), front.certificateAuthority().orElseThrow());
        write(
                changelog.resolve("db/changelog/db.changelog-master.yaml"),
                "databaseChangeLog:\n  - include: { file: db/changelog/changes.sql }\n");
        write(changelog.resolve("db/changelog/changes.sql"), "--liquibase formatted sql\n" + sql);
        Path assembly = folder.resolve("cdk.out");
        app.synthesise(assembly, changelog, AUTHORITY, Clock.systemUTC());
        return CloudAssembly.read(assembly);
    }

    /** A stack that was never deployed. */
    DeployedStack stack(CloudAssembly assembly) {
        return new DeployedStack(assembly, new MadeResources(database, front, secrets), functions, bucket);
    }

    private static void write(Path file, String content) {
        try {
            Files.createDirectories(file.resolveSibling("."));
            Files.writeString(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        functions.close();
        front.close();
        secrets.close();
        bucket.close();
        database.close();
        folder.close();
    }
}
