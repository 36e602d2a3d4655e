package io.github.cdkliquibase.changelog;

import static io.github.cdkliquibase.changelog.ShopChangelog.ALL_LABELS;
import static io.github.cdkliquibase.changelog.ShopChangelog.FOLDER;
import static io.github.cdkliquibase.changelog.ShopChangelog.NO_CONTEXT;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import liquibase.changelog.ChangeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the changelog promises on every PostgreSQL; a subclass says which one. */
abstract class ChangelogContract {
    private static final String DEMO = "demo";
    private static final String HISTORY = """
            select concat_ws('|', filename, id, author, exectype, dateexecuted)
            from databasechangelog order by orderexecuted
            """;
    private static final String OBJECTS = """
            select object from (
                select concat_ws(' ', relkind, relname) from pg_class where relnamespace = 'public'::regnamespace
                union all
                select concat_ws(' ', 'column', table_name, column_name, data_type, is_nullable, column_default)
                from information_schema.columns where table_schema = 'public'
                union all
                select concat_ws(' ', 'constraint', conrelid::regclass, conname, pg_get_constraintdef(oid))
                from pg_constraint where connamespace = 'public'::regnamespace
                union all
                select 'type ' || typname from pg_type
                where typnamespace = 'public'::regnamespace and typtype in ('d', 'e')
                union all
                select 'function ' || proname from pg_proc where pronamespace = 'public'::regnamespace
            ) as objects (object)
            where object not like '%databasechangelog%'
            order by object
            """;

    private final ShopChangelog changelog = new ShopChangelog(this::connect);
    private Connection connection;

    /** Connects, as a superuser, to a database that the tests may empty; who asks closes the connection. */
    abstract Connection connect() throws SQLException;

    @BeforeEach
    void emptyTheDatabase() throws SQLException {
        connection = connect();
        execute("drop schema public cascade; create schema public");
    }

    @AfterEach
    void disconnect() throws SQLException {
        connection.close();
    }

    @Test
    void appliesEveryChangesetInTheOrderOfTheRootFile() throws Exception {
        changelog.update(DEMO, ALL_LABELS);

        assertThat(query("select concat_ws('|', filename, id, author, exectype)"
                        + " from databasechangelog order by orderexecuted"))
                .isNotEmpty()
                .isEqualTo(changelog.changesets().stream()
                        .map(each -> "%s|%s|%s|EXECUTED".formatted(each.getFilePath(), each.getId(), each.getAuthor()))
                        .toList());
    }

    @Test
    void secondRunAppliesNothing() throws Exception {
        changelog.update(DEMO, ALL_LABELS);
        List<String> historyOfTheFirst = query(HISTORY);

        changelog.update(DEMO, ALL_LABELS);

        assertThat(query(HISTORY)).isNotEmpty().isEqualTo(historyOfTheFirst);
    }

    @Test
    void everyChangesetIsUndoneByItsRollback() throws Exception {
        for (ChangeSet changeset : changelog.changesets()) {
            List<String> before = objectsAndRows();
            changelog.updateNext(1, DEMO);
            List<String> after = objectsAndRows();

            changelog.rollbackLast(1, DEMO);
            assertThat(objectsAndRows()).as("%s is undone", changeset).isEqualTo(before);

            changelog.updateNext(1, DEMO);
            assertThat(objectsAndRows()).as("%s applies again", changeset).isEqualTo(after);
        }
    }

    @Test
    void everythingRollsBackToNothingAndAppliesAgain() throws Exception {
        changelog.update(DEMO, ALL_LABELS);
        List<String> before = objectsAndRows();

        changelog.rollbackLast(changelog.changesets().size(), DEMO);

        assertThat(query(HISTORY)).isEmpty();
        assertThat(query(OBJECTS)).isEmpty();

        changelog.update(DEMO, ALL_LABELS);

        assertThat(objectsAndRows()).isNotEmpty().isEqualTo(before);
    }

    @Test
    void rootFileListsEveryChangeAndEveryView() throws Exception {
        assertThat(changelog.changesets().stream().map(ChangeSet::getFilePath))
                .containsAll(filesIn("db/changelog/changes"))
                .containsAll(filesIn("db/changelog/views"));
    }

    @Test
    void everyViewRunsAgainWhenItsFileChanges() throws Exception {
        assertThat(changelog.changesets())
                .filteredOn(each -> each.getFilePath().startsWith("db/changelog/views/"))
                .isNotEmpty()
                .allMatch(ChangeSet::isRunOnChange);
    }

    @Test
    void countriesAreThoseOfTheFile() throws Exception {
        changelog.update(NO_CONTEXT, ALL_LABELS);

        List<String> lines = Files.readAllLines(FOLDER.resolve("db/changelog/data/countries.csv"), UTF_8);
        assertThat(query("select code || ',' || name from countries order by code"))
                .contains("AX,Åland Islands")
                .isEqualTo(lines.subList(1, lines.size()));
    }

    @Test
    void orderTotalsAddsUpTheLinesOfEachOrder() throws Exception {
        changelog.update(NO_CONTEXT, ALL_LABELS);
        execute("""
                insert into customers (email, name, country_code) values ('eva@shop.example', 'Eva', 'SE');
                insert into products (sku, name, price) values ('A', 'Apple', 0.35), ('B', 'Bread', 4.10);
                insert into orders (customer_id, status) select id, 'paid' from customers;
                insert into orders (customer_id) select id from customers;
                insert into order_lines (order_id, product_id, quantity, unit_price)
                select orders.id, products.id, case sku when 'A' then 6 else 1 end, price
                from orders, products where status = 'paid';
                """);

        assertThat(query("select concat_ws('|', status, items, total) from order_totals order by order_id"))
                .containsExactly("paid|7|6.20", "open|0|0.00");
    }

    @Test
    void concurrentlyBuiltIndexIsValid() throws Exception {
        changelog.update(NO_CONTEXT, ALL_LABELS);

        assertThat(query("select indisvalid from pg_index"
                        + " where indexrelid = 'orders_customer_id_placed_at_idx'::regclass"))
                .containsExactly("t");
    }

    @Test
    void invalidIndexOfAFailedRunIsBuiltAnew() throws Exception {
        List<String> ids = changelog.changesets().stream().map(ChangeSet::getId).toList();
        changelog.updateNext(ids.indexOf("0007-index-orders-by-customer"), NO_CONTEXT);
        execute("""
                create index orders_customer_id_placed_at_idx on orders (id);
                update pg_index set indisvalid = false
                where indexrelid = 'orders_customer_id_placed_at_idx'::regclass;
                """);

        changelog.update(NO_CONTEXT, ALL_LABELS);

        assertThat(query("select concat_ws('|', indisvalid, pg_get_indexdef(indexrelid)) from pg_index"
                        + " where indexrelid = 'orders_customer_id_placed_at_idx'::regclass"))
                .singleElement()
                .asString()
                .startsWith("t|")
                .contains("(customer_id, placed_at DESC)");
    }

    @Test
    void demoDataComesOnlyWithItsContext() throws Exception {
        changelog.update(NO_CONTEXT, ALL_LABELS);
        assertThat(query("select sku from products")).isEmpty();

        changelog.update("production", ALL_LABELS);
        assertThat(query("select sku from products")).isEmpty();

        changelog.update(DEMO, ALL_LABELS);
        assertThat(query("select sku from products order by sku")).containsExactly("DEMO-LAMP", "DEMO-MUG", "DEMO-PEN");
    }

    @Test
    void labelFilterLeavesAFeatureOutUntilItIsLifted() throws Exception {
        changelog.update(NO_CONTEXT, "!wishlist");
        assertThat(query(OBJECTS)).contains("v order_totals").doesNotContain("r wishlist_items");

        changelog.update(NO_CONTEXT, ALL_LABELS);
        assertThat(query(OBJECTS)).contains("r wishlist_items");
    }

    private List<String> objectsAndRows() throws SQLException {
        List<String> objects = query(OBJECTS);
        List<String> found = new ArrayList<>(objects);
        for (String object : objects) {
            if (object.startsWith("r ")) {
                String table = object.substring(2);
                found.addAll(query("select '%s rows: ' || count(*) from %s".formatted(table, table)));
            }
        }
        return found;
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private List<String> query(String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> values = new ArrayList<>();
            while (rows.next()) {
                values.add(rows.getString(1));
            }
            return values;
        }
    }

    private static List<String> filesIn(String folder) throws IOException {
        try (Stream<Path> files = Files.list(FOLDER.resolve(folder))) {
            return files.map(each -> folder + "/" + each.getFileName()).toList();
        }
    }
}
