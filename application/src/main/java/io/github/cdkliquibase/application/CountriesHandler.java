package io.github.cdkliquibase.application;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Answers every event with the countries that the shop delivers to, names by codes. */
public final class CountriesHandler implements RequestHandler<@Nullable Object, SortedMap<String, String>> {

    private final ShopDatabase database;

    /** Called by Lambda. */
    public CountriesHandler() {
        this(ShopDatabase.fromEnvironment());
    }

    CountriesHandler(ShopDatabase database) {
        this.database = database;
    }

    @Override
    public SortedMap<String, String> handleRequest(@Nullable Object event, Context context) {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select code, name from countries")) {
            SortedMap<String, String> countries = new TreeMap<>();
            while (rows.next()) {
                countries.put(rows.getString("code"), rows.getString("name"));
            }
            return countries;
        } catch (SQLException e) {
            throw new IllegalStateException("Countries could not be read (SQLSTATE %s)".formatted(e.getSQLState()), e);
        }
    }
}
