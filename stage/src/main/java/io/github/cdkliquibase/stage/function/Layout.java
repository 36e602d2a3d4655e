package io.github.cdkliquibase.stage.function;

import io.github.cdkliquibase.stage.scratch.ScratchFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where the parts of an execution environment lie.
 *
 * @param code the unpacked zip, working directory of the process ({@code LAMBDA_TASK_ROOT})
 * @param temporary what is the one writable folder in Lambda
 * @param home home of the user; does not exist, as in Lambda, so that nothing of the person's own settings is read
 * @param nativeLibrary the native part of the runtime client
 */
record Layout(Path code, Path temporary, Path home, Path nativeLibrary) {

    static Layout of(ScratchFolder folder) {
        return new Layout(
                folder.resolve("task"), folder.resolve("temporary"), folder.resolve("home"), folder.resolve("jni.so"));
    }

    void fill(FunctionSettings settings) {
        ScratchFolder.unzip(settings.artifact(), code);
        try {
            Files.createDirectories(temporary);
            Path lib = Files.createDirectories(code.resolve("lib"));
            for (Path jar : settings.layerJars()) {
                // The prefix sorts them behind the zip's own jars, as Lambda does.
                Files.copy(jar, lib.resolve("~layer-" + jar.getFileName()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Jars of the layer could not be added", e);
        }
        NativeLibrary.unpack(settings.runtimeClient(), nativeLibrary);
    }
}
