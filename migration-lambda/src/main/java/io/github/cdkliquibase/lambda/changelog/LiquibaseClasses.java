package io.github.cdkliquibase.lambda.changelog;

import io.github.cdkliquibase.lambda.deadline.Rehearsal;
import java.beans.IntrospectionException;
import java.beans.Introspector;
import java.util.ServiceLoader;
import liquibase.change.core.RawSQLChange;
import liquibase.datatype.LiquibaseDataType;
import liquibase.parser.ChangeLogParser;
import liquibase.sqlgenerator.SqlGenerator;

/**
 * Loads classes that Liquibase needs in each run, on another thread. A cold function spends a third of a short run on them, and
 * has a second core.
 *
 * <p>Nothing of Liquibase is initialized here: its state belongs to the thread of the run.
 */
final class LiquibaseClasses {

    private LiquibaseClasses() {}

    /** Begins to load them, once in a process. What cannot be loaded is left to the run, which reports it if it needs it. */
    static Rehearsal load() {
        return Rehearsal.begin("liquibase-classes", LiquibaseClasses::loadNow);
    }

    private static void loadNow() {
        loadService(SqlGenerator.class);
        loadService(ChangeLogParser.class);
        loadService(LiquibaseDataType.class);
        try {
            Introspector.getBeanInfo(RawSQLChange.class);
        } catch (IntrospectionException e) {
            throw new IllegalStateException("A change is a bean", e);
        }
    }

    // A provider is loaded and linked when it is found, and initialized only when it is asked for an object.
    private static <T> void loadService(Class<T> service) {
        ServiceLoader.load(service, LiquibaseClasses.class.getClassLoader()).stream()
                .forEach(ServiceLoader.Provider::type);
    }
}
