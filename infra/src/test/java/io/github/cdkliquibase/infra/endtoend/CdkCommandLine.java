package io.github.cdkliquibase.infra.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The code of the CDK command line that this project pins, in Node. */
final class CdkCommandLine {

    private static final Path SHOW_LOGS =
            Path.of("src/test/terminal/show-logs.js").toAbsolutePath();

    private static final ObjectMapper JSON = new ObjectMapper();

    private CdkCommandLine() {}

    /**
     * What it shows below the reason of a custom resource that failed.
     *
     * @param logs the lines of each log group by its name
     */
    static List<String> showsOf(Template.Resource resource, Map<String, List<String>> logs) {
        Map<String, String> names = resource.template()
                .resources()
                .collect(Collectors.toMap(Template.Resource::id, CdkCommandLine::physicalName));
        try {
            Process process = new ProcessBuilder("node", SHOW_LOGS.toString())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            try (OutputStream in = process.getOutputStream()) {
                in.write(JSON.writeValueAsBytes(Map.of(
                        "template",
                        resource.template().json(),
                        "resource",
                        resource.id(),
                        "names",
                        names,
                        "logs",
                        logs)));
            }
            String shown = new String(process.getInputStream().readAllBytes(), UTF_8);
            assertThat(process.waitFor()).as(shown).isZero();
            return JSON.readValue(shown, new TypeReference<List<String>>() {});
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while CDK's command line ran", e);
        }
    }

    /** The name of the log group that Lambda gives a function. */
    static String logGroupOf(Template.Resource function) {
        return "/aws/lambda/" + function.name();
    }

    // The log groups of this library are named after their function.
    private static String physicalName(Template.Resource resource) {
        if (!resource.type().equals("AWS::Logs::LogGroup")) {
            return resource.name();
        }
        String function = resource.property("LogGroupName")
                .path("Fn::Join")
                .path(1)
                .path(1)
                .path("Ref")
                .asText();
        return function.isEmpty()
                ? resource.name()
                : logGroupOf(resource.template().resource(function));
    }
}
