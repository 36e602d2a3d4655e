package io.github.cdkliquibase.stage.iam;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cdkliquibase.stage.function.RoleCredentials;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Against a token that the AWS SDK signed; that it signs new ones in the same way is shown by the zip. */
class TokenCheckTest {

    private static final RoleCredentials ROLE = new RoleCredentials("ASIAEXAMPLE", "example-key", "sess/ion==");
    private static final String ADDRESS = "db.example.com:5432";
    private static final TokenCheck CHECK = new TokenCheck(ADDRESS, "eu-central-1", ROLE);
    private static final Instant SIGNED = Instant.parse("2026-11-24T15:22:34Z");
    private static final String TOKEN = "db.example.com:5432/?DBUser=ann%20b"
            + "&Action=connect"
            + "&X-Amz-Security-Token=sess%2Fion%3D%3D"
            + "&X-Amz-Algorithm=AWS4-HMAC-SHA256"
            + "&X-Amz-Date=20261124T152234Z"
            + "&X-Amz-SignedHeaders=host"
            + "&X-Amz-Expires=900"
            + "&X-Amz-Credential=ASIAEXAMPLE%2F20261124%2Feu-central-1%2Frds-db%2Faws4_request"
            + "&X-Amz-Signature=52ca1a8af90d6e41e030f91fd92af5bd20d1074fdca6010a09b33497f4780360";

    @Test
    void aTokenIsGoodForAQuarterOfAnHourAndWhileClocksDifferALittle() {
        assertThat(CHECK.refusal(TOKEN, "ann b", SIGNED)).isEmpty();
        assertThat(CHECK.refusal(TOKEN, "ann b", SIGNED.plusSeconds(899))).isEmpty();
        assertThat(CHECK.refusal(TOKEN, "ann b", SIGNED.plusSeconds(900))).contains("expired");
        assertThat(CHECK.refusal(TOKEN, "ann b", SIGNED.minusSeconds(299))).isEmpty();
        assertThat(CHECK.refusal(TOKEN, "ann b", SIGNED.minusSeconds(301))).contains("not yet valid");
    }

    static Stream<Arguments> others() {
        return Stream.of(
                Arguments.of(new TokenCheck("other:5432", "eu-central-1", ROLE), "ann b", "address"),
                Arguments.of(new TokenCheck("db.example.com:5433", "eu-central-1", ROLE), "ann b", "address"),
                Arguments.of(new TokenCheck(ADDRESS, "eu-west-1", ROLE), "ann b", "X-Amz-Credential"),
                Arguments.of(CHECK, "ann", "DBUser"),
                Arguments.of(
                        new TokenCheck(
                                ADDRESS, "eu-central-1", new RoleCredentials("ASIAEXAMPLE", "other-key", "sess/ion==")),
                        "ann b",
                        "X-Amz-Signature"),
                Arguments.of(
                        new TokenCheck(
                                ADDRESS, "eu-central-1", new RoleCredentials("ASIAEXAMPLE", "example-key", "other")),
                        "ann b",
                        "X-Amz-Security-Token"),
                Arguments.of(
                        new TokenCheck(
                                ADDRESS, "eu-central-1", new RoleCredentials("ASIAOTHER", "example-key", "sess/ion==")),
                        "ann b",
                        "X-Amz-Credential"));
    }

    @ParameterizedTest
    @MethodSource("others")
    void aTokenForAnythingElseIsRefused(TokenCheck check, String user, String why) {
        assertThat(check.refusal(TOKEN, user, SIGNED)).contains(why);
    }

    @Test
    void aTokenThatWouldLiveLongerThanAQuarterOfAnHourIsRefused() {
        for (String expires : List.of("901", "0", "86400", "x")) {
            assertThat(CHECK.refusal(TOKEN.replace("Expires=900", "Expires=" + expires), "ann b", SIGNED))
                    .contains("X-Amz-Expires");
        }
        assertThat(CHECK.refusal(TOKEN.replace("Expires=900", "Expires=899"), "ann b", SIGNED))
                .contains("X-Amz-Signature");
    }

    @Test
    void noCharacterOfATokenCanBeChanged() {
        for (int i = 0; i < TOKEN.length(); i++) {
            char other = TOKEN.charAt(i) == '0' ? '1' : '0';
            String changed = TOKEN.substring(0, i) + other + TOKEN.substring(i + 1);
            assertThat(CHECK.refusal(changed, "ann b", SIGNED)).as(changed).isPresent();
        }
        assertThat(CHECK.refusal(TOKEN + "&Action=connect", "ann b", SIGNED)).isPresent();
        assertThat(CHECK.refusal(TOKEN.replace("&Action=connect", ""), "ann b", SIGNED))
                .isPresent();
        assertThat(CHECK.refusal("password", "ann b", SIGNED)).isPresent();
        assertThat(CHECK.refusal("", "ann b", SIGNED)).isPresent();
    }
}
