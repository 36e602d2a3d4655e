package io.github.cdkliquibase.lambda.changelog.sql;

import java.lang.ref.SoftReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import liquibase.changelog.ChangeSet;
import liquibase.util.StandardSqlParser;
import liquibase.util.StringClauses;
import liquibase.util.StringClauses.LiteralClause;
import liquibase.util.grammar.SimpleSqlGrammar;
import liquibase.util.grammar.SimpleSqlGrammarConstants;
import liquibase.util.grammar.SimpleSqlGrammarTokenManager;
import liquibase.util.grammar.Token;
import liquibase.util.grammar.TokenMgrError;
import org.jspecify.annotations.Nullable;

/**
 * Reads SQL with Liquibase's grammar, and returns the same tokens as Liquibase, in linear time. Liquibase reads the SQL
 * of each change twice in a row, the second time for a log line. So the last text is kept until then, but no longer,
 * because the tokens of a long text fill the heap.
 *
 * <p>Public, with a public constructor, because Liquibase makes it by reflection from the service file of the artifact.
 */
public final class SqlTokens extends StandardSqlParser {

    private SoftReference<@Nullable Parsed> last = new SoftReference<>(null);

    private record Parsed(String text, boolean withComments, List<LiteralClause> tokens) {}

    /** Called by Liquibase. */
    public SqlTokens() {}

    @Override
    public int getPriority() {
        return PRIORITY_DATABASE;
    }

    // With a changeset, Liquibase uses this method to split SQL and to remove comments, always with the white space,
    // and then asks for all tokens. Without a changeset it changes the tokens.
    @Override
    public StringClauses parse(
            String text, boolean withWhiteSpace, boolean withComments, @Nullable ChangeSet changeSet) {
        if (!withWhiteSpace || changeSet == null) {
            return super.parse(text, withWhiteSpace, withComments, changeSet);
        }
        return tokens(text, withComments)
                .<StringClauses>map(TokenList::new)
                .orElseGet(() -> super.parse(text, withWhiteSpace, withComments, changeSet));
    }

    private synchronized Optional<List<LiteralClause>> tokens(String text, boolean withComments) {
        Parsed before = last.get();
        if (before != null
                && before.withComments() == withComments
                && before.text().equals(text)) {
            last = new SoftReference<>(null);
            return Optional.of(before.tokens());
        }
        Optional<List<LiteralClause>> tokens = read(text, withComments);
        tokens.ifPresent(read -> last = new SoftReference<>(new Parsed(text, withComments, read)));
        return tokens;
    }

    // Empty if the grammar does not accept the text.
    private static Optional<List<LiteralClause>> read(String text, boolean withComments) {
        SimpleSqlGrammar grammar = new SimpleSqlGrammar(new SimpleSqlGrammarTokenManager(new TextCharStream(text)));
        List<LiteralClause> tokens = new ArrayList<>();
        try {
            for (Token token = grammar.getNextToken();
                    token != null && !token.toString().isEmpty();
                    token = grammar.getNextToken()) {
                if (token.kind == SimpleSqlGrammarConstants.WHITESPACE) {
                    tokens.add(new StringClauses.Whitespace(token.image));
                } else if (token.kind == SimpleSqlGrammarConstants.LINE_COMMENT
                        || token.kind == SimpleSqlGrammarConstants.MULTI_LINE_COMMENT) {
                    if (withComments) {
                        tokens.add(new StringClauses.Comment(token.image));
                    }
                } else {
                    tokens.add(new TokenList.Word(token.image.trim()));
                }
            }
        } catch (TokenMgrError e) {
            return Optional.empty();
        }
        return Optional.of(List.copyOf(tokens));
    }
}
