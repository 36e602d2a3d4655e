package io.github.cdkliquibase.infra.endtoend;

import io.github.cdkliquibase.localdeploy.cloudformation.ResponseBucket;
import io.github.cdkliquibase.localdeploy.database.EmbeddedDatabase;
import io.github.cdkliquibase.localdeploy.scratch.ScratchFolder;
import io.github.cdkliquibase.localdeploy.secrets.SecretsManagerEndpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;

/** What AWS would bring, and a folder to synthesise in. */
final class Stage implements AutoCloseable {

    /** Where a synthesised changelog has the CA of the database, relative to its folder. */
    private static final String AUTHORITY = "throw-away-ca.pem";

    final EmbeddedDatabase database = EmbeddedDatabase.start();
    final ResponseBucket bucket = ResponseBucket.open();
    final Functions functions;

    private final SecretsManagerEndpoint secrets = SecretsManagerEndpoint.open();
    private final ScratchFolder folder = ScratchFolder.create("end-to-end");
    private final App app;
    private int synths;

    /** The app under test. It has one resource of the type {@code Custom::DatabaseMigration}, in whichever stack. */
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
        this.functions = new Functions(secrets.url());
    }

    /** Synthesises the app with a root changelog that includes one file of formatted SQL with this content. */
    CloudAssembly synthesise(String sql) {
        // Each time another folder: within one process CDK stages a folder only once.
        Path changelog = folder.resolve("changelog-" + ++synths);
        write(changelog.resolve(AUTHORITY), database.certificateAuthority().orElseThrow());
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
        return new DeployedStack(assembly, new MadeResources(database, secrets), functions, bucket);
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
        secrets.close();
        bucket.close();
        database.close();
        folder.close();
    }
}
