package io.github.cdkliquibase.localdeploy.differential;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import liquibase.GlobalConfiguration;
import liquibase.Scope;
import liquibase.command.CommandScope;
import liquibase.resource.ClassLoaderResourceAccessor;
import liquibase.resource.CompositeResourceAccessor;
import liquibase.resource.DirectoryResourceAccessor;
import org.jspecify.annotations.Nullable;

/**
 * Plain Liquibase of one version. Reads a {@link PlainRequest} from each line of standard input and writes a
 * {@link PlainAnswer} as a line of standard output; what Liquibase prints goes to standard error.
 *
 * <p>Each request has a thread of its own: Liquibase keeps its state in a scope that is bound to a thread, so nothing of
 * one request is left for the next, as if each were a process.
 */
final class PlainProcess {

    private static final ObjectMapper JSON = new ObjectMapper();

    private PlainProcess() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        PrintStream answers = new PrintStream(new FileOutputStream(FileDescriptor.out), true, UTF_8);
        System.setOut(new PrintStream(new FileOutputStream(FileDescriptor.err), true, UTF_8));
        BufferedReader requests = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        for (String line = requests.readLine(); line != null; line = requests.readLine()) {
            PlainRequest request = JSON.readValue(line, PlainRequest.class);
            Thread thread = Thread.ofPlatform().start(() -> answers.println(answer(request)));
            thread.join();
        }
    }

    private static String answer(PlainRequest request) {
        try {
            return JSON.writeValueAsString(update(request));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    @SuppressWarnings("try") // ResourceAccessor declares Exception for its close
    private static PlainAnswer update(PlainRequest request) {
        try {
            try (URLClassLoader loader = new URLClassLoader(
                            request.jars().stream().map(PlainProcess::url).toArray(URL[]::new),
                            PlainProcess.class.getClassLoader());
                    CompositeResourceAccessor files = new CompositeResourceAccessor(
                            new DirectoryResourceAccessor(Path.of(request.folder())),
                            new ClassLoaderResourceAccessor(loader))) {
                Thread.currentThread().setContextClassLoader(loader);
                Map<String, Object> settings = settings(request);
                settings.put(Scope.Attr.resourceAccessor.name(), files);
                settings.put(Scope.Attr.classLoader.name(), loader);
                Scope.child(settings, () -> {
                    command(request).execute();
                });
            }
            return new PlainAnswer(true, "");
        } catch (Exception | LinkageError | StackOverflowError e) {
            return new PlainAnswer(false, text(e));
        }
    }

    // As the command line sets them.
    private static Map<String, Object> settings(PlainRequest request) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("liquibase.analytics.enabled", false);
        settings.put(Scope.JAVA_PROPERTIES, new HashMap<>(request.parameters()));
        put(settings, GlobalConfiguration.DATABASECHANGELOG_TABLE_NAME.getKey(), request.historyTable());
        put(settings, GlobalConfiguration.DATABASECHANGELOGLOCK_TABLE_NAME.getKey(), request.lockTable());
        put(settings, GlobalConfiguration.LIQUIBASE_SCHEMA_NAME.getKey(), request.liquibaseSchema());
        return settings;
    }

    private static void put(Map<String, Object> settings, String key, @Nullable Object value) {
        if (value != null) {
            settings.put(key, value);
        }
    }

    private static CommandScope command(PlainRequest request) throws Exception {
        CommandScope command = new CommandScope("update");
        command.addArgumentValue("url", request.url());
        command.addArgumentValue("username", request.user());
        command.addArgumentValue("password", request.password());
        command.addArgumentValue("changelogFile", request.file());
        if (request.contexts() != null) {
            command.addArgumentValue("contexts", request.contexts());
        }
        if (request.labels() != null) {
            command.addArgumentValue("labelFilter", request.labels());
        }
        if (request.defaultSchema() != null) {
            command.addArgumentValue("defaultSchemaName", request.defaultSchema());
        }
        return command;
    }

    private static URL url(String jar) {
        try {
            return Path.of(jar).toUri().toURL();
        } catch (IOException e) {
            throw new IllegalArgumentException(e);
        }
    }

    // The innermost cause, which is what failed; Liquibase repeats it in each exception around it.
    private static String text(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.toString();
    }
}
