package io.github.cdkliquibase.lambda.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cdkliquibase.lambda.engine.ConnectionDetails;
import io.github.cdkliquibase.lambda.engine.HostName;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProviderChain;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.regions.Region;

/** The shape of a token; that its signature is right is shown where a server checks it. */
final class RdsTokenSignerTest {

    private static final RdsTokenSigner SIGNER = new RdsTokenSigner(
            StaticCredentialsProvider.create(AwsSessionCredentials.create("ASIAEXAMPLE", "s3cret-key", "sess/ion==")),
            () -> Region.EU_CENTRAL_1);

    @Test
    void aTokenIsForOneAddressOneUserAndAQuarterOfAnHour() {
        TokenSigner.Token token = SIGNER.sign(new HostName("db.example.com"), 6543, "shop & co");

        assertThat(token.text()).startsWith("db.example.com:6543/?");
        assertThat(parameters(token.text()))
                .containsEntry("Action", "connect")
                .containsEntry("DBUser", "shop & co")
                .containsEntry("X-Amz-Algorithm", "AWS4-HMAC-SHA256")
                .containsEntry("X-Amz-SignedHeaders", "host")
                .containsEntry("X-Amz-Security-Token", "sess/ion==")
                .hasEntrySatisfying(
                        "X-Amz-Credential",
                        scope -> assertThat(scope).matches("ASIAEXAMPLE/[0-9]{8}/eu-central-1/rds-db/aws4_request"))
                // A second less where the clock ticked while the SDK signed.
                .hasEntrySatisfying(
                        "X-Amz-Expires", seconds -> assertThat(seconds).isIn("900", "899"))
                .hasEntrySatisfying(
                        "X-Amz-Signature", signature -> assertThat(signature).matches("[0-9a-f]{64}"));
        assertThat(token.region()).isEqualTo("eu-central-1");
    }

    @Test
    void aTokenIsInNoTextOfTheRecordsThatHoldIt() {
        TokenSigner.Token token = SIGNER.sign(new HostName("db"), 5432, "ann");

        assertThat(token.toString()).doesNotContain(token.text(), "X-Amz");
        assertThat(new ConnectionDetails(new HostName("db"), 5432, "shop", "ann", token.text()).toString())
                .contains("ann", "shop")
                .doesNotContain("X-Amz");
    }

    @Test
    void withoutCredentialsTheReasonSaysWhatIsMissing() {
        RdsTokenSigner signer = new RdsTokenSigner(
                AwsCredentialsProviderChain.builder()
                        .addCredentialsProvider(() -> {
                            throw SdkClientException.create("nothing");
                        })
                        .build(),
                () -> Region.EU_CENTRAL_1);

        assertThatThrownBy(() -> signer.sign(new HostName("db"), 5432, "ann"))
                .isInstanceOf(MigrationException.class)
                .hasMessage(
                        "No token could be signed for 'ann' (SdkClientException): region and credentials must be in the function's environment, where Lambda puts those of its role");
    }

    private static Map<String, String> parameters(String token) {
        return Arrays.stream(token.substring(token.indexOf('?') + 1).split("&", -1))
                .map(parameter -> parameter.split("=", 2))
                .collect(Collectors.toMap(
                        parameter -> parameter[0],
                        parameter -> URLDecoder.decode(parameter[1], StandardCharsets.UTF_8)));
    }
}
