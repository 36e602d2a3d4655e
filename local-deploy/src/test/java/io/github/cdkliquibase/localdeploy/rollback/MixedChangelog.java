package io.github.cdkliquibase.localdeploy.rollback;

import io.github.cdkliquibase.localdeploy.contract.Stage;
import java.util.ArrayList;
import java.util.List;

/**
 * A changelog of two changesets that are deployed first and {@value #SIZE} of all kinds that a second deploy adds. Each has a way
 * back: Liquibase derives it from the change type, or the changeset has a rollback block.
 *
 * @param changesets YAML of each changeset
 */
record MixedChangelog(List<String> changesets) {

    /** How many changesets the second deploy adds. */
    static final int SIZE = 8;

    private static final String CUSTOMER = """
              - changeSet:
                  id: customer
                  author: ann
                  changes:
                    - createTable:
                        tableName: customer
                        columns:
                          - column: { name: id, type: int, constraints: { primaryKey: true } }
                          - column: { name: name, type: varchar(50), constraints: { nullable: false } }
            """;
    private static final String CUSTOMERS = """
              - changeSet:
                  id: customers
                  author: ann
                  changes:
                    - sql: { sql: "insert into customer values (1, 'Ann'), (2, 'Bob')" }
            """;
    private static final List<String> ADDED =
            List.of("""
              - changeSet:
                  id: 1
                  author: ann
                  changes:
                    - createTable:
                        tableName: invoice
                        columns:
                          - column: { name: id, type: int, constraints: { primaryKey: true } }
                          - column: { name: customer, type: int }
                          - column: { name: amount, type: "numeric(10, 2)", defaultValueNumeric: 0 }
            """, """
              - changeSet:
                  id: 2
                  author: ann
                  changes:
                    - addColumn:
                        tableName: customer
                        columns:
                          - column: { name: email, type: varchar(100) }
            """, """
              - changeSet:
                  id: 3
                  author: ann
                  changes:
                    - sql: { sql: "insert into invoice values (10, 1, 99), (11, 2, 50)" }
                    - sql: { sql: "update customer set email = lower(name) || '@example.com'" }
                  rollback:
                    - sql: { sql: "update customer set email = null" }
                    - sql: { sql: "delete from invoice where id in (10, 11)" }
            """, """
              - changeSet:
                  id: 4
                  author: ann
                  changes:
                    - createIndex:
                        tableName: invoice
                        indexName: invoice_customer
                        columns:
                          - column: { name: customer }
            """, "  - include: { file: db/changelog/view.sql }\n", """
              - changeSet:
                  id: 6
                  author: ann
                  runInTransaction: false
                  changes:
                    - sql: { sql: "create index concurrently customer_email on customer (email)" }
                  rollback:
                    - sql: { sql: "drop index concurrently if exists customer_email" }
            """, """
              - changeSet:
                  id: 7
                  author: ann
                  changes:
                    - addForeignKeyConstraint:
                        baseTableName: invoice
                        baseColumnNames: customer
                        constraintName: invoice_of_customer
                        referencedTableName: customer
                        referencedColumnNames: id
            """, """
              - changeSet:
                  id: 8
                  author: ann
                  changes:
                    - renameColumn: { tableName: customer, oldColumnName: name, newColumnName: full_name }
                    - addUniqueConstraint: { tableName: customer, columnNames: full_name, constraintName: customer_name }
            """);
    private static final String VIEW = """
            --liquibase formatted sql
            --changeset ann:5
            create view open_invoice as select id, customer from invoice where amount > 0;
            --rollback drop view open_invoice;
            """;

    /** What is deployed first. */
    static MixedChangelog first() {
        return new MixedChangelog(List.of(CUSTOMER, CUSTOMERS));
    }

    /** The first changesets and those that are added. */
    static MixedChangelog whole() {
        return first().plus(ADDED);
    }

    /** The same with more changesets at its end. */
    MixedChangelog plus(List<String> more) {
        List<String> all = new ArrayList<>(changesets);
        all.addAll(more);
        return new MixedChangelog(all);
    }

    /** The same with one more changeset of one statement at its end, and without a way back. */
    MixedChangelog plus(String id, String sql) {
        return plus(List.of(changeset(id, sql)));
    }

    /** The same, but one of the added changesets fails after it has done something. */
    MixedChangelog failingAt(int number) {
        List<String> all = new ArrayList<>(changesets);
        all.set(
                changesets.indexOf(ADDED.get(number - 1)),
                changeset(Integer.toString(number), "create table half (id int); select 1 / 0"));
        return new MixedChangelog(all);
    }

    private static String changeset(String id, String sql) {
        return """
              - changeSet:
                  id: %s
                  author: ann
                  changes:
                    - sql: { sql: "%s" }
            """.formatted(id, sql);
    }

    /** Makes it the only content of the changelog folder. */
    void install(Stage stage) {
        stage.empty()
                .file(Stage.MASTER, "databaseChangeLog:\n" + String.join("", changesets))
                .file("db/changelog/view.sql", VIEW);
    }
}
