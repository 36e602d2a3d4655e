package io.github.cdkliquibase.lambda.changelog.sql;

import java.io.EOFException;
import java.io.IOException;
import java.io.Reader;
import liquibase.util.grammar.SimpleCharStream;

/**
 * The characters of a text for Liquibase's SQL grammar. Liquibase's own stream copies its buffer after every 2,048
 * characters, so its time grows with the square of the longest token.
 *
 * <p>It does not count lines: if the grammar does not accept the text, Liquibase's own stream creates the error
 * message.
 */
final class TextCharStream extends SimpleCharStream {

    private final String text;
    private int begin;
    private int next;

    TextCharStream(String text) {
        super(Reader.nullReader(), 1, 1, 1);
        this.text = text;
    }

    @Override
    public char BeginToken() throws IOException {
        begin = next;
        return readChar();
    }

    @Override
    public char readChar() throws IOException {
        if (next >= text.length()) {
            throw new EOFException();
        }
        return text.charAt(next++);
    }

    @Override
    public void backup(int amount) {
        next -= amount;
    }

    @Override
    public String GetImage() {
        return text.substring(begin, next);
    }

    @Override
    public char[] GetSuffix(int length) {
        return text.substring(next - length, next).toCharArray();
    }

    @Override
    public int getBeginLine() {
        return 0;
    }

    @Override
    public int getBeginColumn() {
        return 0;
    }

    @Override
    public int getEndLine() {
        return 0;
    }

    @Override
    public int getEndColumn() {
        return 0;
    }
}
