package io.github.cdkliquibase.benchmark.changelog;

import java.util.List;
import java.util.Locale;

/** How a script for {@code psql} holds a changeset. */
public enum PsqlStyle {
    /** Its statements between {@code begin} and {@code commit}, each a message to the server; no history. */
    TRANSACTION {
        @Override
        String beginning() {
            return "";
        }

        @Override
        String changeset(int number, List<String> statements) {
            return "begin;\n" + String.join(";\n", statements) + ";\ncommit;\n";
        }
    },
    /** All its statements and a row of history as one message, which the server runs as one transaction. */
    MESSAGE {
        @Override
        String beginning() {
            return """
                    create table history (
                        id varchar(255) not null,
                        author varchar(255) not null,
                        filename varchar(255) not null,
                        executed_at timestamp not null default now()
                    );
                    """;
        }

        @Override
        String changeset(int number, List<String> statements) {
            // psql sends a statement that ends with '\\;' in one message with the next one.
            return String.join("\\;\n", statements)
                    + String.format(
                            Locale.ROOT,
                            "\\;%ninsert into history (id, author, filename) values ('%d', 'benchmark', 'script.sql');%n",
                            number);
        }
    };

    abstract String beginning();

    abstract String changeset(int number, List<String> statements);
}
