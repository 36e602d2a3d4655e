package io.github.cdkliquibase.localdeploy.differential;

import io.github.cdkliquibase.localdeploy.contract.LayerJar;
import java.nio.file.Path;
import java.util.List;
import liquibase.change.custom.CustomTaskChange;
import liquibase.database.Database;
import liquibase.database.jvm.JdbcConnection;
import liquibase.exception.CustomChangeException;
import liquibase.exception.ValidationErrors;
import liquibase.resource.ResourceAccessor;

/** Jars with custom changes, as a user puts them into a layer. */
final class CaseLayers {

    private CaseLayers() {}

    /** The jars of a case: none for an empty name. */
    static List<Path> of(String name) {
        return switch (name) {
            case "" -> List.of();
            case "complete" -> List.of(LayerJar.of(Task.class, FillsTable.class, Helper.class));
            case "without-helper" -> List.of(LayerJar.of(Task.class, FillsTable.class));
            case "without-parent" -> List.of(LayerJar.of(FillsTable.class, Helper.class));
            default -> throw new IllegalArgumentException("There is no layer '%s'".formatted(name));
        };
    }

    /** What Liquibase asks of a change besides doing it. */
    abstract static class Task implements CustomTaskChange {

        @Override
        public String getConfirmationMessage() {
            return "done";
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

    /** Does its work with a class that another jar would have. */
    public static final class FillsTable extends Task {

        /** Called by Liquibase. */
        public FillsTable() {}

        @Override
        public void execute(Database database) throws CustomChangeException {
            try (var statement = ((JdbcConnection) database.getConnection()).createStatement()) {
                statement.execute("insert into filled values ('" + Helper.text() + "')");
            } catch (Exception e) {
                throw new CustomChangeException(e);
            }
        }
    }

    static final class Helper {

        private Helper() {}

        static String text() {
            return "helped";
        }
    }
}
