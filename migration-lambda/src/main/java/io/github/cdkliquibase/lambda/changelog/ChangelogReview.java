package io.github.cdkliquibase.lambda.changelog;

import io.github.cdkliquibase.lambda.changelog.execution.ChangesetName;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.failure.Text;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import liquibase.Scope;
import liquibase.change.core.SQLFileChange;
import liquibase.changelog.ChangeSet;
import liquibase.changelog.DatabaseChangeLog;
import liquibase.resource.Resource;
import liquibase.serializer.LiquibaseSerializable;
import org.apache.commons.text.similarity.LevenshteinDistance;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs what Liquibase ignores in silence: parameters without a value, SQL that belongs to no changeset, and changesets
 * of the history that the folder does not have. Plain Liquibase continues in each of these cases, and so does a run.
 */
final class ChangelogReview {

    private static final Logger LOG = LoggerFactory.getLogger(ChangelogReview.class);

    private static final int LISTED = 3;

    /** Letters by which a misspelt word may differ. */
    private static final int NEAR = 2;

    private static final String HEADER = "changeset";

    /** A comment line that looks like the header of a changeset. */
    private static final Pattern HEADER_LINE =
            Pattern.compile("\\s*--\\s*(?<word>[A-Za-z_]{7,12})\\s+[^\\s:]+:\\S+.*", Pattern.CASE_INSENSITIVE);

    private static final String EXACT = "\\s*--[ ]*changeset\\s.*";

    private final ParsedChangelog changelog;
    private final Collection<String> files;
    private final Set<String> undefinedToldOf = new TreeSet<>();
    private int warnings;

    /**
     * The review of a changelog.
     *
     * @param files that were read for its changesets; the files of the change {@code sqlFile} are read later
     */
    ChangelogReview(ParsedChangelog changelog, Collection<String> files) {
        this.changelog = changelog;
        this.files = List.copyOf(files);
    }

    /** How many warnings were logged. */
    int warnings() {
        return warnings;
    }

    /**
     * Parameters that pending changesets use and that have no value.
     *
     * @param refuse whether to refuse the run for them
     * @throws MigrationException if it is refused; the message names a parameter and a changeset
     */
    void undefinedParameters(List<ChangeSet> pending, boolean refuse) {
        pending.forEach(ChangelogReview::fillInFiles);
        for (String name : changelog.parameters().undefined()) {
            List<String> users = pending.stream()
                    .filter(changeSet -> mentions(changeSet, "${" + name + "}"))
                    .map(changeSet -> ChangesetName.of(changeSet).toString())
                    .toList();
            if (users.isEmpty()) {
                continue;
            }
            Optional<String> holder = changelog.parameters().withReferenceTo(name);
            if (refuse) {
                throw new MigrationException(refusal(name, holder, users.get(0)));
            }
            if (undefinedToldOf.add(name)) {
                warnings++;
                LOG.atWarn()
                        .addKeyValue("event", "parameter.undefined")
                        .addKeyValue("parameter", holder.orElse(name))
                        .log(warning(name, holder, listed(users)));
            }
        }
    }

    // The name is not shown: it is a piece of the value.
    private static String refusal(String name, Optional<String> holder, String user) {
        return holder.map(parameter ->
                        "The value of parameter %s refers to a parameter that has no value, and changeset '%s' uses it. Nothing was run. Set the missing parameter in the property 'Parameters', or remove the reference from the value"
                                .formatted(Text.quote(parameter), user))
                .orElseGet(() ->
                        "Parameter %s, which changeset '%s' uses, has no value. Nothing was run. Set it in the property 'Parameters'"
                                .formatted(Text.quote(name), user));
    }

    private static String warning(String name, Optional<String> holder, String users) {
        return holder.map(parameter ->
                        "The value of parameter %s refers to a parameter that has no value, so the reference stays as it is in %s. Set the missing parameter in the property 'Parameters'"
                                .formatted(Text.quote(parameter), users))
                .orElseGet(() ->
                        "Parameter %s has no value, so '${%s}' stays as it is in %s. Set it in the property 'Parameters'"
                                .formatted(Text.quote(name), name, users));
    }

    // Liquibase reads these files when it executes them, and learns only then which parameters they use.
    private static void fillInFiles(ChangeSet changeSet) {
        changeSet.getChanges().forEach(ChangelogReview::sqlOfFile);
    }

    private static String sqlOfFile(Object part) {
        return part instanceof SQLFileChange file ? Objects.toString(file.getSql(), "") : "";
    }

    private static boolean mentions(LiquibaseSerializable part, String text) {
        if (sqlOfFile(part).contains(text)) {
            return true;
        }
        return part.getSerializableFields().stream()
                .filter(field -> !field.equals("rollback"))
                .anyMatch(field -> mentions(part.getSerializableFieldValue(field), text));
    }

    private static boolean mentions(@Nullable Object value, String text) {
        return switch (value) {
            case null -> false;
            case LiquibaseSerializable part -> mentions(part, text);
            case Collection<?> all -> all.stream().anyMatch(each -> mentions(each, text));
            case Object[] all -> Stream.of(all).anyMatch(each -> mentions(each, text));
            default -> value.toString().contains(text);
        };
    }

    /** Warns of SQL that is in no changeset, or probably in the wrong one. */
    void unseenSql(List<ChangeSet> pending) {
        if (changelog.all().isEmpty()) {
            warn("changelog.empty", "The changelog has no changeset");
        }
        Set<String> withChangesets =
                changelog.all().stream().map(ChangelogReview::file).collect(Collectors.toSet());
        Set<String> toRead = pending.stream().map(ChangelogReview::file).collect(Collectors.toCollection(TreeSet::new));
        for (String path : files) {
            String file = String.valueOf(DatabaseChangeLog.normalizePath(path));
            if (file.endsWith(".sql") && !withChangesets.contains(file)) {
                warn("changelog.empty", "File %s has no changeset, so none of it runs".formatted(Text.quote(file)));
                toRead.add(file);
            }
        }
        Set<String> raw = pending.stream()
                .filter(ChangelogReview::isRaw)
                .map(ChangelogReview::file)
                .collect(Collectors.toSet());
        toRead.stream().filter(file -> file.endsWith(".sql")).forEach(file -> headers(file, raw.contains(file)));
    }

    private static String file(ChangeSet changeSet) {
        return String.valueOf(
                DatabaseChangeLog.normalizePath(changeSet.getChangeLog().getPhysicalFilePath()));
    }

    // The change that Liquibase makes from a file without the header of formatted SQL.
    private static boolean isRaw(ChangeSet changeSet) {
        return changeSet.getId().equals("raw") && changeSet.getAuthor().equals("includeAll");
    }

    private void headers(String file, boolean isRaw) {
        for (String line : headerLines(file)) {
            Matcher header = HEADER_LINE.matcher(line);
            if (!header.matches()) {
                continue;
            }
            String word = String.valueOf(header.group("word")).toLowerCase(java.util.Locale.ROOT);
            if (isRaw && word.equals(HEADER)) {
                warn(
                        "changelog.no-header",
                        "File %s does not begin with '--liquibase formatted sql', so the whole file is one changeset, and its '--changeset' lines are comments"
                                .formatted(Text.quote(file)));
                return;
            }
            if (!line.toLowerCase(java.util.Locale.ROOT).matches(EXACT)
                    && LevenshteinDistance.getDefaultInstance().apply(HEADER, word) <= NEAR
                    && !word.equals(HEADER)) {
                warn(
                        "changelog.misspelt",
                        "File %s has the comment %s, which is not a changeset header, so the SQL below it belongs to the previous changeset. Write '--changeset'"
                                .formatted(Text.quote(file), Text.quote(line.strip())));
            }
        }
    }

    private static List<String> headerLines(String file) {
        List<String> lines = new ArrayList<>();
        try {
            Resource resource = Scope.getCurrentScope().getResourceAccessor().get(file);
            if (resource == null || !resource.exists()) {
                return lines;
            }
            try (BufferedReader reader =
                    new BufferedReader(new InputStreamReader(resource.openInputStream(), StandardCharsets.UTF_8))) {
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                    if (line.stripLeading().startsWith("--")) {
                        lines.add(line);
                    }
                }
            }
        } catch (IOException e) {
            // Liquibase could read the file, and a review must not fail.
            LOG.debug("File {} could not be read again", file, e);
        }
        return lines;
    }

    /** Changesets of the history that the changelog does not have, the newest first. */
    void historyAhead(List<ChangesetName> unknown) {
        if (unknown.isEmpty()) {
            return;
        }
        warnings++;
        LOG.atWarn()
                .addKeyValue("event", "history.ahead")
                .addKeyValue("count", unknown.size())
                .log(
                        "The history has {} changesets that the changelog does not have, the newest: {}",
                        unknown.size(),
                        listed(unknown.stream().map(ChangesetName::toString).toList()));
    }

    private void warn(String event, String message) {
        warnings++;
        LOG.atWarn().addKeyValue("event", event).log(message);
    }

    private static String listed(List<String> names) {
        return Text.listed(names.stream().map(Text::quote).toList(), LISTED);
    }
}
