package io.github.cdkliquibase.lambda.changelog.sql;

import java.util.List;
import java.util.stream.Collectors;
import liquibase.util.StringClauses;

/**
 * The tokens of a text, all at once, for Liquibase's splitter and its comment remover. Liquibase's own class draws a
 * random number for each token.
 */
final class TokenList extends StringClauses {

    private final List<LiteralClause> tokens;

    TokenList(List<LiteralClause> tokens) {
        super("");
        this.tokens = tokens;
    }

    /** A token that is neither white space nor a comment. */
    record Word(String value) implements LiteralClause {

        @Override
        public String toString() {
            return value;
        }
    }

    @Override
    public Object[] toArray(boolean asTexts) {
        return tokens.stream()
                .map(token -> asTexts || token instanceof Word ? token.toString() : token)
                .toArray();
    }

    @Override
    public boolean isEmpty() {
        return tokens.stream().allMatch(token -> token.toString().isBlank());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TokenList list && list.toString().equals(toString());
    }

    @Override
    public int hashCode() {
        return toString().hashCode();
    }

    @Override
    public String toString() {
        return tokens.stream().map(LiteralClause::toString).collect(Collectors.joining());
    }
}
