package io.github.cdkliquibase.lambda.roles;

import io.github.cdkliquibase.lambda.failure.Text;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Applies changes and remembers them until the commit: they are logged and counted only then. */
final class AppliedChanges {

    private static final Logger LOG = LoggerFactory.getLogger(AppliedChanges.class);
    private static final int LOGGED_BYTES = 500;

    private final Sql sql;
    private final Optional<DatabaseRoles> before;
    private final DatabaseRoles wanted;
    private final List<Entry> entries = new ArrayList<>();

    private @Nullable Change current;

    private record Entry(Change change, boolean repair) {}

    /**
     * Begins without a change.
     *
     * @param before the roles of the last deploy; empty if there was none
     */
    AppliedChanges(Sql sql, Optional<DatabaseRoles> before, DatabaseRoles wanted) {
        this.sql = sql;
        this.before = before;
        this.wanted = wanted;
    }

    void apply(List<Change> changes) throws SQLException {
        for (Change change : changes) {
            apply(change);
        }
    }

    void apply(Change change) throws SQLException {
        current = change;
        sql.run(change.statement());
        current = null;
        entries.add(new Entry(change, repairs(change)));
    }

    /** The change that was being applied when a statement failed; empty if none was. */
    Optional<Change> current() {
        return Optional.ofNullable(current);
    }

    // Whether the last deploy had set this already: for a role and in a schema that its properties named.
    private boolean repairs(Change change) {
        if (before.isEmpty() || change.isNoDrift()) {
            return false;
        }
        if (change.schema() != null && !before.get().schemas().contains(change.schema())) {
            return false;
        }
        Role role = change.role() == null ? null : wanted.role(change.role());
        if (role == null) {
            return true;
        }
        boolean ofLogin = change.event().startsWith("iam.") || change.event().startsWith("password.");
        return ofLogin ? before.get().roles().containsValue(role) : before.get().names(role.name());
    }

    /** Logs the committed changes, and returns them in words. */
    RolesReport committed(int tables) {
        entries.forEach(AppliedChanges::log);
        return new RolesReport(
                entries.size(),
                entries.stream()
                        .filter(Entry::repair)
                        .map(entry ->
                                verb(entry.change()) + " " + entry.change().what())
                        .toList(),
                tables);
    }

    private static void log(Entry entry) {
        Change change = entry.change();
        LOG.atInfo()
                .addKeyValue(
                        "event", entry.repair() ? change.event().replaceFirst("\\..*", ".repaired") : change.event())
                .addKeyValue("role", change.role() == null ? "" : change.role().property())
                .log(Text.cut(change.what(), LOGGED_BYTES));
    }

    private static String verb(Change change) {
        return change.event().substring(change.event().indexOf('.') + 1);
    }
}
