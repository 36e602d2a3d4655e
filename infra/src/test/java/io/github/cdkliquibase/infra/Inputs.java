package io.github.cdkliquibase.infra;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import software.amazon.awscdk.App;
import software.amazon.awscdk.AppProps;

/** What the app takes from outside, small and thrown away afterwards, so that no other module need be built. */
record Inputs(Path folder) {

    static Inputs writeTo(Path folder) throws IOException {
        Inputs inputs = new Inputs(folder);
        Path changes = Files.createDirectories(inputs.changelog().resolve("db/changelog/changes"));
        Files.writeString(changes.resolveSibling("db.changelog-master.yaml"), "databaseChangeLog: []\n");
        Files.writeString(changes.resolve("0001.sql"), "-- one\n");
        try (OutputStream file = Files.newOutputStream(inputs.migrationLambda());
                ZipOutputStream zip = new ZipOutputStream(file)) {
            ZipEntry entry = new ZipEntry("content");
            entry.setTime(0);
            zip.putNextEntry(entry);
        }
        return inputs;
    }

    Path changelog() {
        return folder.resolve("changelog");
    }

    Path migrationLambda() {
        return folder.resolve("migration-lambda.zip");
    }

    /** Each time into a folder of its own. */
    SynthesisedStack synthesise(Instant now) {
        App app = app(Map.of(
                "migrationLambda", migrationLambda().toString(),
                "changelog", changelog().toString()));
        DatabaseStack stack = InfraApp.addStack(app, Clock.fixed(now, ZoneOffset.UTC));
        app.synth();
        return SynthesisedStack.of(Path.of(app.getOutdir()), stack.getStackName());
    }

    App app(Map<String, Object> context) {
        try {
            return new App(AppProps.builder()
                    .outdir(Files.createTempDirectory(folder, "cdk.out").toString())
                    .context(context)
                    .build());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
