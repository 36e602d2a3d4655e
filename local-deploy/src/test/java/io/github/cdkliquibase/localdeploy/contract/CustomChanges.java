package io.github.cdkliquibase.localdeploy.contract;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import liquibase.Scope;
import liquibase.change.custom.CustomSqlChange;
import liquibase.change.custom.CustomTaskChange;
import liquibase.database.Database;
import liquibase.database.jvm.JdbcConnection;
import liquibase.exception.CustomChangeException;
import liquibase.exception.DatabaseException;
import liquibase.exception.ValidationErrors;
import liquibase.executor.Executor;
import liquibase.executor.ExecutorService;
import liquibase.resource.ResourceAccessor;
import liquibase.statement.SqlStatement;
import liquibase.statement.core.RawParameterizedSqlStatement;

/** A custom change as a user writes one, and the jar that a user would put into the layer. */
final class CustomChanges {

    static final String CREATE_TABLE = CreateTable.class.getName();
    static final String THROUGH_EXECUTOR = ThroughExecutor.class.getName();
    static final String OUTLASTING = Outlasting.class.getName();
    static final String NEVER_ENDING = NeverEnding.class.getName();
    static final String GLUTTON = Glutton.class.getName();
    static final String HOARDER = Hoarder.class.getName();
    static final String CIRCLE = Circle.class.getName();
    static final String LINKAGE_ERROR = LinkageFault.class.getName();

    private CustomChanges() {}

    /** Creates a table of a given name. */
    public static final class CreateTable implements CustomSqlChange {

        private String table = "";

        /** Called by Liquibase for the parameter 'table'. */
        public void setTable(String table) {
            this.table = table;
        }

        @Override
        public SqlStatement[] generateStatements(Database database) {
            return new SqlStatement[] {new RawParameterizedSqlStatement("create table " + table + " (id int)")};
        }

        @Override
        public String getConfirmationMessage() {
            return "Table created";
        }

        @Override
        public void setUp() {}

        @Override
        public void setFileOpener(ResourceAccessor resourceAccessor) {}

        @Override
        public ValidationErrors validate(Database database) {
            return new ValidationErrors();
        }
    }

    /** What Liquibase asks of a change besides doing it. */
    abstract static class Task implements CustomTaskChange {

        @Override
        public String getConfirmationMessage() {
            return "Never said";
        }

        @Override
        public void setUp() {}

        @Override
        public void setFileOpener(ResourceAccessor resourceAccessor) {}

        @Override
        public ValidationErrors validate(Database database) {
            return new ValidationErrors();
        }
    }

    /** Executes statements by Liquibase's executor, and depends on each before the next: by the raw connection, and by a savepoint. */
    public static final class ThroughExecutor extends Task {

        /** Called by Liquibase. */
        public ThroughExecutor() {}

        @Override
        public void execute(Database database) throws CustomChangeException {
            Connection connection = ((JdbcConnection) database.getConnection()).getUnderlyingConnection();
            Executor executor =
                    Scope.getCurrentScope().getSingleton(ExecutorService.class).getExecutor("jdbc", database);
            try (Statement raw = connection.createStatement()) {
                executor.execute(new RawParameterizedSqlStatement("insert into a values (7)"));
                if (raw.executeUpdate("update a set id = 8 where id = 7") != 1) {
                    throw new CustomChangeException("The row of the executor was not there");
                }
                executor.execute(new RawParameterizedSqlStatement("savepoint s"));
                try {
                    executor.execute(new RawParameterizedSqlStatement("insert into a values (8)"));
                    throw new CustomChangeException("The row was there twice");
                } catch (DatabaseException e) {
                    executor.execute(new RawParameterizedSqlStatement("rollback to savepoint s"));
                }
            } catch (DatabaseException | SQLException e) {
                throw new CustomChangeException(e);
            }
        }
    }

    /** Waits until its connection is closed, and uses it then. */
    public static final class Outlasting extends Task {

        /** Called by Liquibase. */
        public Outlasting() {}

        @Override
        public void execute(Database database) throws CustomChangeException {
            Connection connection = ((JdbcConnection) database.getConnection()).getUnderlyingConnection();
            try {
                while (!connection.isClosed()) {
                    LockSupport.parkNanos(10_000_000);
                }
                connection.createStatement().execute("select 1");
            } catch (SQLException e) {
                throw new CustomChangeException(e);
            }
        }
    }

    /** Waits for ever, and for nothing that could be taken away. */
    public static final class NeverEnding extends Task {

        /** Called by Liquibase. */
        public NeverEnding() {}

        @Override
        public void execute(Database database) {
            while (true) {
                LockSupport.parkNanos(1_000_000_000);
            }
        }
    }

    /** Needs a class of a jar that was forgotten. */
    public static final class LinkageFault extends Task {

        /** Called by Liquibase. */
        public LinkageFault() {}

        @Override
        public void execute(Database database) {
            throw new NoClassDefFoundError("some/Missing");
        }
    }

    /** Holds on to memory until there is no more. */
    public static final class Glutton extends Task {

        private final List<byte[]> held = new ArrayList<>();

        /** Called by Liquibase. */
        public Glutton() {}

        @Override
        public void execute(Database database) {
            while (true) {
                held.add(new byte[10_000_000]);
            }
        }
    }

    /** Holds nearly all of the heap and goes on working, so that the JVM collects garbage all the time. */
    public static final class Hoarder extends Task {

        private final List<byte[]> held = new ArrayList<>();

        /** Called by Liquibase. */
        public Hoarder() {}

        @Override
        public void execute(Database database) {
            Runtime runtime = Runtime.getRuntime();
            while (runtime.totalMemory() - runtime.freeMemory() < 0.97 * runtime.maxMemory()) {
                held.add(new byte[50_000]);
            }
            long made = 0;
            while (held.size() > 1) {
                made += new byte[1_000].length;
            }
            throw new IllegalStateException("Never reached: " + made);
        }
    }

    /** Calls itself until the stack is full. */
    public static final class Circle extends Task {

        /** Called by Liquibase. */
        public Circle() {}

        @Override
        @SuppressWarnings("InfiniteRecursion")
        public void execute(Database database) {
            execute(database);
        }
    }

    static Path jar() {
        return LayerJar.of(
                CreateTable.class,
                Task.class,
                ThroughExecutor.class,
                Outlasting.class,
                NeverEnding.class,
                LinkageFault.class,
                Glutton.class,
                Hoarder.class,
                Circle.class);
    }
}
