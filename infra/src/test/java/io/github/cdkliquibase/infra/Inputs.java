package io.github.cdkliquibase.infra;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import software.amazon.awscdk.App;
import software.amazon.awscdk.AppProps;

/** What the app takes from outside, small and thrown away afterwards, so that no other module need be packaged. */
record Inputs(Path folder) {

    static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678901Z");

    static Inputs writeTo(Path folder) {
        Inputs inputs = new Inputs(folder);
        try {
            Path changes = Files.createDirectories(inputs.changelog().resolve("db/changelog/changes"));
            Files.writeString(changes.resolveSibling("db.changelog-master.yaml"), "databaseChangeLog: []\n");
            Files.writeString(changes.resolve("0001.sql"), "-- one\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        zip(inputs.migrationLambda(), "migration");
        zip(inputs.application(), "application");
        return inputs;
    }

    static void zip(Path target, String content) {
        try (OutputStream file = Files.newOutputStream(target);
                ZipOutputStream zip = new ZipOutputStream(file)) {
            ZipEntry entry = new ZipEntry("content");
            entry.setTime(0);
            zip.putNextEntry(entry);
            zip.write(content.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path changelog() {
        return folder.resolve("changelog");
    }

    Path migrationLambda() {
        return folder.resolve("migration-lambda.zip");
    }

    Path application() {
        return folder.resolve("application.zip");
    }

    /** The shop in its default settings, at {@link #NOW}. */
    SynthesisedStack shop() {
        return shop(NOW);
    }

    SynthesisedStack shop(Instant now) {
        return synthesise(now, Map.of(), "Shop-development");
    }

    /** Each time into a folder of its own. */
    SynthesisedStack synthesise(Instant now, Map<String, Object> context, String stackName) {
        App app = app(context);
        InfraApp.addStacks(app, Clock.fixed(now, ZoneOffset.UTC));
        app.synth();
        return SynthesisedStack.of(Path.of(app.getOutdir()), stackName);
    }

    /** An app with the feature flags of cdk.json, these inputs and this context, and no stack yet. */
    App app(Map<String, Object> context) {
        try {
            Map<String, Object> all = new ObjectMapper()
                    .convertValue(
                            new ObjectMapper()
                                    .readTree(Files.readString(Path.of("cdk.json")))
                                    .path("context"),
                            new TypeReference<HashMap<String, Object>>() {});
            all.put("migrationLambda", migrationLambda().toString());
            all.put("application", application().toString());
            all.put("changelog", changelog().toString());
            all.putAll(context);
            return new App(AppProps.builder()
                    .outdir(Files.createTempDirectory(folder, "cdk.out").toString())
                    .context(all)
                    .build());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
