package io.github.cdkliquibase.lambda.changelog;

import liquibase.Scope;
import liquibase.configuration.LiquibaseConfiguration;
import liquibase.configuration.core.EnvironmentValueProvider;
import liquibase.configuration.core.SystemPropertyValueProvider;

/**
 * Where Liquibase looks for its settings, with the same answers for less work.
 *
 * <p>Liquibase asks for a setting whenever it compares the path of a changeset, about ten times for each changeset. Each
 * time its own sources hash all variables of the process, and copy all of Java's properties to hash them.
 */
final class SettingSources {

    private SettingSources() {}

    /** Lets Liquibase ask these sources instead of its own, as long as the JVM lives. */
    static void use() {
        LiquibaseConfiguration settings = Scope.getCurrentScope().getSingleton(LiquibaseConfiguration.class);
        if (settings.unregisterProvider(new EnvironmentValueProvider())) {
            settings.registerProvider(new Variables());
        }
        if (settings.unregisterProvider(new SystemPropertyValueProvider())) {
            settings.registerProvider(new JavaProperties());
        }
    }

    /** The variables of the process, which never change. */
    private static final class Variables extends EnvironmentValueProvider {

        @Override
        protected int getMapHash() {
            return 1;
        }
    }

    /** Java's properties. A change in Java may set one. */
    private static final class JavaProperties extends SystemPropertyValueProvider {

        @Override
        protected int getMapHash() {
            return System.getProperties().hashCode();
        }
    }
}
