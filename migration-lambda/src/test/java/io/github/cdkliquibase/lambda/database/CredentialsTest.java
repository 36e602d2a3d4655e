package io.github.cdkliquibase.lambda.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cdkliquibase.lambda.failure.MigrationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CredentialsTest {

    @Test
    void theFormThatRdsWritesIsRead() {
        Credentials credentials = Credentials.parse("arn", """
                {"username":"app","password":"p\\"ä","host":"h","port":5433,"dbname":"d","engine":"postgres",
                 "dbClusterIdentifier":"c","masterarn":"m"}""");

        assertThat(credentials).isEqualTo(new Credentials("app", "p\"ä", new HostName("h"), 5433, "d"));
    }

    @Test
    void aPortMayBeAText() {
        assertThat(Credentials.parse("arn", "{'username':'a','password':'b','port':'5433'}".replace('\'', '"'))
                        .port())
                .isEqualTo(5433);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "not json s3cret             | Secret 'arn' is not JSON",
                "\"s3cret\"                  | Secret 'arn' is JSON, but not an object",
                "{\"username\":\"s3cret\"}   | Secret 'arn' has no field 'password'",
                "{\"password\":\"s3cret\"}   | Secret 'arn' has no field 'username'",
                "{\"username\":\"a\",\"password\":[\"s3cret\"]} | Secret 'arn' has no field 'password'",
                "{\"username\":\"a\",\"password\":\"s3cret\",\"port\":\"x\"} | Field 'port' of secret 'arn' must be a number",
                "{\"username\":\"a\",\"password\":\"s3cret\",\"host\":\"h/?user=x\"} | Field 'host' of secret 'arn' must be a host name",
                "{\"username\":\"a\",\"password\":\"s3cret\",\"engine\":\"mysql\"} | Secret 'arn' has the engine 'mysql'",
            })
    void aSecretOfAnotherFormIsRefusedWithoutItsText(String secret, String reason) {
        assertThatThrownBy(() -> Credentials.parse("arn", secret))
                .isInstanceOf(MigrationException.class)
                .hasMessageStartingWith(reason)
                .hasNoCause()
                .message()
                .doesNotContain("s3cret");
    }

    @Test
    void thePasswordIsNotInTheTextOfTheRecord() {
        assertThat(new Credentials("app", "s3cret", null, 1, "d").toString())
                .contains("app")
                .doesNotContain("s3cret");
    }
}
