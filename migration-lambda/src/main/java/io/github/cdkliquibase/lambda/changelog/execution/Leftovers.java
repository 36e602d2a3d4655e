package io.github.cdkliquibase.lambda.changelog.execution;

import io.github.cdkliquibase.lambda.changelog.execution.ChangesetStatement.Work;
import io.github.cdkliquibase.lambda.engine.RunSession;
import io.github.cdkliquibase.lambda.engine.SessionState;
import io.github.cdkliquibase.lambda.engine.Statements;
import io.github.cdkliquibase.lambda.engine.UnfinishedChangeset;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import liquibase.exception.DatabaseException;

/**
 * The session state that the statements of one changeset have left. A changeset that left state cannot continue in
 * another session, unless that state can be set again.
 *
 * <p>Statements that change only the session ({@code SET}, {@code PREPARE}, {@code LISTEN}) do not count: they are
 * executed again.
 */
final class Leftovers {

    private final Statements statements;
    private final RunSession session;
    private final Set<String> customNames = new TreeSet<>();
    private final Map<String, String> expectedCustom = new HashMap<>();
    private final Set<String> expectedObjects;
    private final Set<String> executed = new HashSet<>();
    private final Set<String> unlisted = new TreeSet<>();
    private SessionState last;

    /** Creates an empty record: the present session state is older than the changeset. */
    Leftovers(Statements statements, RunSession session) throws SQLException {
        this.statements = statements;
        this.session = session;
        this.last = session.changed(customNames);
        this.expectedObjects = new HashSet<>(last.objects());
    }

    /** Records a statement that is about to be executed. */
    void willExecute(String sql) throws SQLException {
        unlisted.addAll(statements.unlisted(sql));
        if (customNames.addAll(statements.customSettings(sql))) {
            last = session.changed(customNames);
            last.customSettings().forEach(expectedCustom::putIfAbsent);
        }
    }

    /**
     * Executes a statement that changes only the session, unless this session has executed it already.
     *
     * @param digest that identifies the statement in its changeset
     */
    void once(String digest, Work statement) throws DatabaseException, SQLException {
        if (executed.contains(digest)) {
            return;
        }
        statement.run();
        executed.add(digest);
        expectChanges();
    }

    private void expectChanges() throws SQLException {
        SessionState now = session.changed(customNames);
        Set<String> made = new HashSet<>(now.objects());
        made.removeAll(last.objects());
        expectedObjects.addAll(made);
        customNames.stream()
                .filter(name -> !now.customSettings()
                        .getOrDefault(name, "")
                        .equals(last.customSettings().get(name)))
                .forEach(name -> expectedCustom.put(name, now.customSettings().getOrDefault(name, "")));
        last = now;
    }

    /** The state that is left now. Inside a transaction this includes state that ends with the transaction. */
    UnfinishedChangeset.Session now() throws SQLException {
        last = session.changed(customNames);
        Set<String> left = new TreeSet<>(last.objects());
        left.removeAll(expectedObjects);
        left.addAll(unlisted);
        last.customSettings().forEach((name, value) -> {
            if (!value.equals(expectedCustom.getOrDefault(name, ""))) {
                left.add("setting '" + name + "'");
            }
        });
        return new UnfinishedChangeset.Session(last.role(), last.settings(), left);
    }
}
