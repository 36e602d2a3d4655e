package io.github.cdkliquibase.lambda.changelog;

import io.github.cdkliquibase.lambda.failure.Text;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import liquibase.Scope;
import liquibase.resource.Resource;
import org.apache.commons.text.similarity.LevenshteinDistance;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Checks the comments of a file of formatted SQL that are meant as headers of changesets. */
final class SqlFileHeaders {

    private static final Logger LOG = LoggerFactory.getLogger(SqlFileHeaders.class);

    /** Letters by which a misspelt word may differ. */
    private static final int NEAR = 2;

    private static final String HEADER = "changeset";

    /** A comment line that looks like the header of a changeset. */
    private static final Pattern HEADER_LINE =
            Pattern.compile("\\s*--\\s*(?<word>[A-Za-z_]{7,12})\\s+[^\\s:]+:\\S+.*", Pattern.CASE_INSENSITIVE);

    private static final String EXACT = "\\s*--[ ]*changeset\\s.*";

    /**
     * A fault of a file.
     *
     * @param event of the log line
     * @param message of the log line
     */
    record Fault(String event, String message) {}

    private SqlFileHeaders() {}

    /**
     * The faults of a file, in the order of its lines.
     *
     * @param isRaw whether Liquibase takes the whole file for one changeset
     */
    static List<Fault> faults(String file, boolean isRaw) {
        List<Fault> faults = new ArrayList<>();
        for (String line : commentLines(file)) {
            Matcher header = HEADER_LINE.matcher(line);
            if (!header.matches()) {
                continue;
            }
            String word = String.valueOf(header.group("word")).toLowerCase(Locale.ROOT);
            if (isRaw && word.equals(HEADER)) {
                faults.add(noHeader(file));
                return faults;
            }
            if (isMisspelt(line, word)) {
                faults.add(misspelt(file, line));
            }
        }
        return faults;
    }

    private static boolean isMisspelt(String line, String word) {
        return !line.toLowerCase(Locale.ROOT).matches(EXACT)
                && LevenshteinDistance.getDefaultInstance().apply(HEADER, word) <= NEAR
                && !word.equals(HEADER);
    }

    private static Fault noHeader(String file) {
        return new Fault(
                "changelog.no-header",
                "File %s does not begin with '--liquibase formatted sql', so the whole file is one changeset, and its '--changeset' lines are comments"
                        .formatted(Text.quote(file)));
    }

    private static Fault misspelt(String file, String line) {
        return new Fault(
                "changelog.misspelt",
                "File %s has the comment %s, which is not a changeset header, so the SQL below it belongs to the previous changeset. Write '--changeset'"
                        .formatted(Text.quote(file), Text.quote(line.strip())));
    }

    private static List<String> commentLines(String file) {
        List<String> lines = new ArrayList<>();
        try {
            Resource resource = Scope.getCurrentScope().getResourceAccessor().get(file);
            if (resource != null && resource.exists()) {
                addCommentLines(resource, lines);
            }
        } catch (IOException e) {
            // Liquibase could read the file, and a review must not fail: it goes on with the lines so far.
            LOG.debug("File {} could not be read again", file, e);
        }
        return lines;
    }

    private static void addCommentLines(Resource resource, List<String> lines) throws IOException {
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(resource.openInputStream(), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (line.stripLeading().startsWith("--")) {
                    lines.add(line);
                }
            }
        }
    }
}
