package io.github.cdkliquibase.lambda.changelog;

import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import liquibase.ContextExpression;
import liquibase.Labels;
import liquibase.changelog.ChangeLogParameters;
import liquibase.changelog.ChangeSet;
import liquibase.changelog.DatabaseChangeLog;
import liquibase.database.Database;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a changelog: those of the deploy, those that the changelog sets, and Liquibase's own {@code
 * database.*}.
 *
 * <p>Liquibase would also use the variables of the function's environment and Java's properties, and prefer them. The
 * function's environment holds its credentials. So this class adds a prefix to every key that neither can have.
 *
 * <p>It also records which parameters have no value, and which texts the deploy's parameters were filled into.
 */
final class ParameterValues extends ChangeLogParameters {

    private static final String PREFIX = "\u0001";

    private static final String DEPLOYMENT_ID = "LIQUIBASE_EXECUTION_DEPLOYMENT_ID";

    /** Liquibase's own names, which it looks up first. */
    private static final Set<String> OF_THE_EXECUTION = Set.of(
            DEPLOYMENT_ID,
            "LIQUIBASE_EXECUTION_CHANGELOG_FILE",
            "LIQUIBASE_EXECUTION_CHANGESET_ID",
            "LIQUIBASE_EXECUTION_CHANGESET_AUTHOR");

    /**
     * Stands for a parameter's value. It is not a String, because Liquibase would expand parameters in a String again.
     */
    private record NameOf(String parameter) {

        @Override
        public String toString() {
            return "${" + parameter + "}";
        }
    }

    private final Set<String> ofTheDeploy = new HashSet<>();
    private final Map<String, String> valuesOfTheDeploy = new TreeMap<>();
    private final Set<String> undefined = new HashSet<>();
    private final Map<String, String> masked = new HashMap<>();
    private boolean expanding;
    private boolean masking;
    private boolean usedTheDeploys;
    private boolean usesDeploymentId;

    /**
     * The parameters of a run.
     *
     * @param values of the deploy; they override those that the changelog sets
     */
    ParameterValues(Map<String, String> values, Database database) {
        super(database);
        values.forEach(this::set);
        values.keySet().forEach(name -> ofTheDeploy.add(name.toLowerCase(Locale.ROOT)));
        valuesOfTheDeploy.putAll(values);
    }

    @Override
    public void set(String key, Object value, ContextExpression contexts, Labels labels, String... databases) {
        super.set(PREFIX + key, value, contexts, labels, databases);
        noteOrigin(key, value);
    }

    // The changelog sets a parameter from a value of the deploy.
    @SuppressWarnings("UnnecessaryCheckNotNull") // the base class sets parameters before this class has its fields
    private void noteOrigin(String key, Object value) {
        if (masked != null && value instanceof String text && masked.containsKey(text.strip())) {
            ofTheDeploy.add(key.toLowerCase(Locale.ROOT));
        }
    }

    @Override
    public void setLocal(
            String key,
            Object value,
            DatabaseChangeLog changeLog,
            ContextExpression contexts,
            Labels labels,
            String... databases) {
        super.setLocal(PREFIX + key, value, changeLog, contexts, labels, databases);
        noteOrigin(key, value);
    }

    /** Whether the changelog uses a value that is another one in each run. */
    boolean differInEachRun() {
        return usesDeploymentId;
    }

    @Override
    public @Nullable Object getValue(String key, DatabaseChangeLog changeLog) {
        usesDeploymentId |= DEPLOYMENT_ID.equalsIgnoreCase(key);
        // Without a changelog, Liquibase also looks for these names in the environment.
        Object value = changeLog != null && OF_THE_EXECUTION.contains(key.toUpperCase(Locale.ROOT))
                ? super.getValue(key, changeLog)
                : super.getValue(PREFIX + key, changeLog);
        if (!expanding) {
            return value;
        }
        if (value == null) {
            undefined.add(key);
        } else if (ofTheDeploy.contains(key.toLowerCase(Locale.ROOT))) {
            usedTheDeploys = true;
            return masking ? new NameOf(key) : value;
        }
        return value;
    }

    @Override
    public @Nullable Object getLocalValue(String key, ChangeSet changeSet) {
        return super.getLocalValue(PREFIX + key, changeSet);
    }

    @Override
    public boolean hasValue(String key, DatabaseChangeLog changeLog) {
        return getValue(key, changeLog) != null;
    }

    @Override
    public String expandExpressions(String text, DatabaseChangeLog changeLog) {
        if (text == null || !text.contains("${")) {
            return text;
        }
        expanding = true;
        try {
            usedTheDeploys = false;
            String expanded = super.expandExpressions(text, changeLog);
            if (usedTheDeploys) {
                masking = true;
                masked.put(
                        expanded.strip(),
                        super.expandExpressions(text, changeLog).strip());
            }
            return expanded;
        } finally {
            expanding = false;
            masking = false;
        }
    }

    /** The text before the deploy's parameters were filled in; empty if it has none. */
    Optional<String> masked(String text) {
        return Optional.ofNullable(masked.get(text.strip()));
    }

    /** The texts that the deploy's parameters were filled into, and those texts before that. */
    Map<String, String> maskedTexts() {
        return Collections.unmodifiableMap(masked);
    }

    /**
     * The parameter of the deploy whose value refers to another parameter by this name. Then the name is a piece of a
     * value.
     */
    Optional<String> withReferenceTo(String name) {
        return valuesOfTheDeploy.entrySet().stream()
                .filter(value ->
                        value.getValue().contains(name) && value.getValue().contains("${"))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    /** Names of parameters that are used and have no value. */
    Set<String> undefined() {
        return Collections.unmodifiableSet(undefined);
    }
}
