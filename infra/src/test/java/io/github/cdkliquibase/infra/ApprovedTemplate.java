package io.github.cdkliquibase.infra;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** A template that somebody has read and approved. Asset hashes are numbered: a rebuilt asset is no change of it. */
final class ApprovedTemplate {

    private static final DefaultIndenter LINES = new DefaultIndenter("  ", "\n");
    // Sorted keys, because CloudFormation does not care for their order; one array element a line, for short diffs.
    private static final ObjectWriter JSON = new ObjectMapper()
            .writer(new DefaultPrettyPrinter().withObjectIndenter(LINES).withArrayIndenter(LINES))
            .with(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);
    private static final Pattern HASH = Pattern.compile("\\b[0-9a-f]{64}\\b");

    private final Path approved;
    private final Path received;

    private ApprovedTemplate(Path approved, Path received) {
        this.approved = approved;
        this.received = received;
    }

    static ApprovedTemplate named(String name) {
        return new ApprovedTemplate(
                Path.of("src/test/approved", name + ".json"), Path.of("target/received", name + ".json"));
    }

    /** Leaves the received template in target, so that it can be approved. */
    void matches(JsonNode template) throws IOException {
        String text = JSON.writeValueAsString(new ObjectMapper().treeToValue(template, Object.class));
        Files.createDirectories(received.resolveSibling("."));
        Files.writeString(received, numberHashes(text) + "\n");

        assertThat(received)
                .as("If the change is wanted, approve it: in infra, cp %s %s", received, approved)
                .hasSameTextualContentAs(approved);
    }

    private static String numberHashes(String text) {
        Map<String, String> names = new LinkedHashMap<>();
        return HASH.matcher(text)
                .replaceAll(hash -> names.computeIfAbsent(hash.group(), seen -> "hash-" + (names.size() + 1)));
    }
}
