package io.github.cdkliquibase.constructs.synthesis;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import software.amazon.awscdk.App;
import software.amazon.awscdk.AppProps;

/**
 * What an app takes from outside, small and thrown away afterwards, so that no other module need be packaged.
 *
 * @param folder where they are
 */
public record Inputs(Path folder) {

    /** The time of the deploy in tests. */
    public static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678901Z");

    /** Writes a changelog and two zips into a folder. */
    public static Inputs writeTo(Path folder) {
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

    /** Writes a zip with one file of this content; the same content gives the same bytes. */
    public static void zip(Path target, String content) {
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

    /** The folder of the changelog. */
    public Path changelog() {
        return folder.resolve("changelog");
    }

    /** What stands for the zip of the function. */
    public Path migrationLambda() {
        return folder.resolve("migration-lambda.zip");
    }

    /** What stands for the zip of the sample app's function. */
    public Path application() {
        return folder.resolve("application.zip");
    }

    /** An app with the feature flags of the sample app's cdk.json, these inputs and this context, and no stack yet. */
    public App app(Map<String, Object> context) {
        try {
            Map<String, Object> all = new ObjectMapper()
                    .convertValue(
                            new ObjectMapper()
                                    .readTree(Files.readString(Path.of("../infra/cdk.json")))
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
