package io.github.cdkliquibase.stage.function;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A handler that does what its event says. It is packed into a zip and runs in the function's process only. */
public final class ProbeHandler implements RequestHandler<Map<String, String>, Map<String, String>> {

    public ProbeHandler() {
        if (System.getenv("PROBE_CONSTRUCTOR_FAILS") != null) {
            throw new IllegalStateException("No probe today");
        }
    }

    @Override
    public Map<String, String> handleRequest(Map<String, String> event, Context context) {
        String action = event.getOrDefault("action", "");
        String argument = event.getOrDefault("argument", "");
        return switch (action) {
            case "throw" -> throw new IllegalArgumentException(argument);
            case "exhaust" -> throw new OutOfMemoryError(argument);
            case "exit" -> {
                Runtime.getRuntime().halt(Integer.parseInt(argument));
                yield Map.of();
            }
            case "sleep" -> slept(Long.parseLong(argument));
            case "print" -> printed(Integer.parseInt(argument));
            case "environment" -> System.getenv();
            case "property" -> Map.of("value", String.valueOf(System.getProperty(argument)));
            case "resource" -> Map.of("value", resource(argument));
            case "context" ->
                Map.of(
                        "arn", context.getInvokedFunctionArn(),
                        "name", context.getFunctionName(),
                        "memory", Integer.toString(context.getMemoryLimitInMB()),
                        "remaining", Integer.toString(context.getRemainingTimeInMillis()));
            case "heap" -> Map.of("value", Long.toString(Runtime.getRuntime().maxMemory()));
            case "write" -> written(argument);
            default -> Map.of("pid", Long.toString(ProcessHandle.current().pid()));
        };
    }

    @SuppressWarnings("SystemOut")
    private static Map<String, String> slept(long millis) {
        System.out.println("sleeping");
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Map.of();
    }

    // Numbered lines, in turns to both streams.
    @SuppressWarnings("SystemOut")
    private static Map<String, String> printed(int lines) {
        for (int i = 0; i < lines; i++) {
            (i % 2 == 0 ? System.out : System.err).println("line " + i);
        }
        return Map.of();
    }

    private static Map<String, String> written(String text) {
        try {
            Files.writeString(Path.of(System.getProperty("java.io.tmpdir"), "probe"), text);
            try (FileOutputStream out = new FileOutputStream(FileDescriptor.out)) {
                out.write("no line feed".getBytes(StandardCharsets.UTF_8));
            }
            return Map.of("folder", System.getProperty("java.io.tmpdir"));
        } catch (IOException e) {
            throw new IllegalStateException("Not written", e);
        }
    }

    private static String resource(String name) {
        URL url = find(name);
        if (url == null) {
            return "absent";
        }
        try (InputStream content = url.openStream()) {
            return new String(content.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException("Not read", e);
        }
    }

    private static @Nullable URL find(String name) {
        return ProbeHandler.class.getClassLoader().getResource(name);
    }
}
