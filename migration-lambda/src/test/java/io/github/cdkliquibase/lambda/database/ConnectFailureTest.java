package io.github.cdkliquibase.lambda.database;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** What the server's words mean; what the network's mean is shown with a network. */
final class ConnectFailureTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "28P01 | password authentication failed for user \"ann\" | CREDENTIALS",
                "28000 | PAM authentication failed for user \"ann\" | CREDENTIALS",
                "28000 | role \"ann\" is not permitted to log in | LASTING",
                "28000 | no pg_hba.conf entry for host \"10.0.0.7\" | LASTING",
                "3D000 | database \"nowhere\" does not exist | LASTING",
                "57P03 | the database system is starting up | PASSING",
                "53300 | too many connections for role \"ann\" | PASSING",
            })
    void theServersWordsAreUnderstood(String state, String message, ConnectFailure meaning) {
        ServerErrorMessage said = new ServerErrorMessage("SFATAL\0VFATAL\0C%s\0M%s\0".formatted(state, message));

        assertThat(ConnectFailure.of(new PSQLException(said))).isEqualTo(meaning);
    }
}
