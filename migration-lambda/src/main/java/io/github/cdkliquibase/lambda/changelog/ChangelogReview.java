package io.github.cdkliquibase.lambda.changelog;

import io.github.cdkliquibase.lambda.changelog.execution.ChangelogPath;
import io.github.cdkliquibase.lambda.changelog.execution.ChangesetName;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.failure.Text;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import liquibase.changelog.ChangeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs what Liquibase ignores in silence: parameters without a value, SQL that belongs to no changeset, and changesets
 * of the history that the folder does not have. Plain Liquibase continues in each of these cases, and so does a run.
 */
final class ChangelogReview {

    private static final Logger LOG = LoggerFactory.getLogger(ChangelogReview.class);

    private static final int LISTED = 3;

    private final ParsedChangelog changelog;
    private final Collection<String> files;
    private final Set<String> undefinedReported = new TreeSet<>();
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
        pending.forEach(ParameterUse::fillInFiles);
        for (String name : changelog.parameters().undefined()) {
            List<String> users = pending.stream()
                    .filter(changeSet -> ParameterUse.mentions(changeSet, "${" + name + "}"))
                    .map(changeSet -> ChangesetName.of(changeSet).toString())
                    .toList();
            if (!users.isEmpty()) {
                undefinedParameter(name, users, refuse);
            }
        }
    }

    private void undefinedParameter(String name, List<String> users, boolean refuse) {
        UndefinedParameter parameter =
                new UndefinedParameter(name, changelog.parameters().withReferenceTo(name));
        if (refuse) {
            throw new MigrationException(parameter.refusal(users.get(0)));
        }
        if (undefinedReported.add(name)) {
            warnings++;
            LOG.atWarn()
                    .addKeyValue("event", "parameter.undefined")
                    .addKeyValue("parameter", parameter.shownName())
                    .log(parameter.warning(listed(users)));
        }
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
            String file = ChangelogPath.normal(path);
            if (file.endsWith(".sql") && !withChangesets.contains(file)) {
                warn("changelog.empty", "File %s has no changeset, so none of it runs".formatted(Text.quote(file)));
                toRead.add(file);
            }
        }
        Set<String> raw = rawFiles(pending);
        toRead.stream().filter(file -> file.endsWith(".sql")).forEach(file -> headers(file, raw.contains(file)));
    }

    private static Set<String> rawFiles(List<ChangeSet> pending) {
        return pending.stream()
                .filter(ChangelogReview::isRaw)
                .map(ChangelogReview::file)
                .collect(Collectors.toSet());
    }

    private static String file(ChangeSet changeSet) {
        return ChangelogPath.normal(changeSet.getChangeLog().getPhysicalFilePath());
    }

    // The change that Liquibase makes from a file without the header of formatted SQL.
    private static boolean isRaw(ChangeSet changeSet) {
        return changeSet.getId().equals("raw") && changeSet.getAuthor().equals("includeAll");
    }

    private void headers(String file, boolean isRaw) {
        for (SqlFileHeaders.Fault fault : SqlFileHeaders.faults(file, isRaw)) {
            warn(fault.event(), fault.message());
        }
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
