package io.github.cdkliquibase.benchmark.contestant;

import io.github.cdkliquibase.stage.function.FunctionSettings;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The command of a process in Java that has the JVM and the options of the functions.
 *
 * @param jars the jars on its class path
 * @param classes the folder with the classes of {@link ClassFiles}
 * @param main simple name of the class to start
 */
record JavaCommand(Jars jars, Path classes, String main) {

    List<String> with(int megabytes, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(FunctionSettings.jvmOptions(megabytes));
        // A home that does not exist, as in Lambda, so that nothing of the person's own settings is read.
        command.add("-Duser.home=" + classes.resolve("home"));
        command.add("-cp");
        command.add(jars.folder() + File.separator + "*" + File.pathSeparator + classes);
        command.add(ClassFiles.fullName(main));
        command.addAll(List.of(arguments));
        return command;
    }
}
