package io.github.cdkliquibase.lambda.changelog;

import io.github.cdkliquibase.lambda.changelog.execution.ParameterMask;
import io.github.cdkliquibase.lambda.changelog.execution.StatementPlace;
import io.github.cdkliquibase.lambda.engine.Statements;
import io.github.cdkliquibase.lambda.failure.ChangelogText;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import liquibase.change.AbstractSQLChange;
import liquibase.change.Change;
import liquibase.change.custom.CustomChangeWrapper;
import liquibase.changelog.ChangeSet;
import liquibase.util.StringUtil;

/**
 * Replaces values of the deploy's parameters in statements by the parameters' names.
 *
 * <p>The SQL of a change is known before the parameters were filled in, so it is split into statements in the same way.
 * In statements that Liquibase makes from other changes, a text that holds a parameter's value is replaced as a whole.
 */
final class StatementMask implements ParameterMask {

    private static final Pattern NAME = Pattern.compile("[\\w$.]{3,}");

    private final ParameterValues parameters;
    private final Statements splitter;
    private final IdentityHashMap<Change, Map<String, String>> statements = new IdentityHashMap<>();

    StatementMask(ParameterValues parameters, Statements splitter) {
        this.splitter = splitter;
        this.parameters = parameters;
    }

    @Override
    public String apply(Change change, String sql) {
        if (parameters.maskedTexts().isEmpty() || sql.isEmpty()) {
            return sql;
        }
        if (change instanceof AbstractSQLChange written && written.getSql() != null) {
            Map<String, String> known =
                    statements.computeIfAbsent(change, each -> masked(written, String.valueOf(written.getSql())));
            // The changes of 'modifySql' are not known.
            return known.isEmpty()
                    ? sql
                    : Optional.ofNullable(known.get(sql.strip())).orElseGet(() -> replaced(sql));
        }
        return replaced(sql);
    }

    private Map<String, String> masked(AbstractSQLChange change, String sql) {
        Map<String, String> byStatement = new HashMap<>();
        Optional<String> masked = parameters.masked(sql);
        if (masked.isPresent()) {
            String[] filled = split(change, sql);
            String[] named = split(change, masked.get());
            for (int i = 0; i < filled.length && filled.length == named.length; i++) {
                put(byStatement, filled[i], named[i]);
            }
        }
        return byStatement;
    }

    // A text that was not split is executed in parts if it has its own transactions.
    private void put(Map<String, String> byStatement, String filled, String named) {
        byStatement.put(filled.strip(), named.strip());
        List<String> filledParts = splitter.split(filled);
        List<String> namedParts = splitter.split(named);
        for (int i = 0; i < filledParts.size() && filledParts.size() == namedParts.size(); i++) {
            byStatement.putIfAbsent(filledParts.get(i), namedParts.get(i));
        }
    }

    private static String[] split(AbstractSQLChange change, String sql) {
        return StringUtil.processMultiLineSQL(
                sql.replace("\r", ""),
                change.isStripComments(),
                change.isSplitStatements(),
                change.getEndDelimiter(),
                change.getChangeSet());
    }

    /**
     * The text of a failed statement as the changelog has it.
     *
     * @param place empty if the changeset failed before its first change
     */
    ChangelogText text(Optional<StatementPlace> place, ChangeSet changeSet) {
        if (parameters.maskedTexts().isEmpty()) {
            return ChangelogText.NONE;
        }
        if (place.isEmpty()) {
            return new PartText(parameters).of(changeSet.getPreconditions());
        }
        Change change = place.get().change();
        if (change instanceof AbstractSQLChange written && written.getSql() != null) {
            String sql = String.valueOf(written.getSql());
            Optional<String> masked = parameters.masked(sql);
            // The changes of 'modifySql' are not known.
            boolean isWritten = sql.replace("\r", "").contains(place.get().sql().strip());
            return new ChangelogText(masked.orElse(sql), masked.isPresent() || !isWritten);
        }
        ChangelogText text = new PartText(parameters).of(change);
        return new ChangelogText(text.text(), text.isFilledIn() || change instanceof CustomChangeWrapper);
    }

    private String replaced(String sql) {
        // A changeset with thousands of statements has a text of megabytes.
        List<Map.Entry<String, String>> longestFirst = parameters.maskedTexts().entrySet().stream()
                .filter(text -> text.getKey().length() <= sql.length())
                .sorted(Comparator.comparingInt((Map.Entry<String, String> text) ->
                                text.getKey().length())
                        .reversed())
                .toList();
        String replaced = sql;
        for (Map.Entry<String, String> text : longestFirst) {
            replaced = replaced.replace("'" + text.getKey() + "'", "'" + text.getValue() + "'");
            if (NAME.matcher(text.getKey()).matches()) {
                replaced = replaced.replaceAll(
                        "(?<![\\w$])" + Pattern.quote(text.getKey()) + "(?![\\w$])",
                        java.util.regex.Matcher.quoteReplacement(text.getValue()));
            }
        }
        return replaced;
    }
}
