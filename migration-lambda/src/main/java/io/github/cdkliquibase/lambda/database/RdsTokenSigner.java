package io.github.cdkliquibase.lambda.database;

import io.github.cdkliquibase.lambda.engine.HostName;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.failure.Text;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProviderChain;
import software.amazon.awssdk.auth.credentials.ContainerCredentialsProvider;
import software.amazon.awssdk.auth.credentials.EnvironmentVariableCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.AwsRegionProvider;
import software.amazon.awssdk.regions.providers.SystemSettingsRegionProvider;
import software.amazon.awssdk.services.rds.RdsUtilities;

/** Signs with the AWS SDK. It needs no network: a token is a signature over a time. */
final class RdsTokenSigner implements TokenSigner {

    private final AwsCredentialsProvider credentials;
    private final AwsRegionProvider region;

    RdsTokenSigner(AwsCredentialsProvider credentials, AwsRegionProvider region) {
        this.credentials = credentials;
        this.region = region;
    }

    /**
     * Signs with the keys of the function's role. Lambda puts them into the environment or, under SnapStart, an address
     * on the same machine that returns them.
     */
    static Token signFromEnvironment(HostName host, int port, String username) {
        try (ContainerCredentialsProvider snapStart =
                        ContainerCredentialsProvider.builder().build();
                AwsCredentialsProviderChain role =
                        AwsCredentialsProviderChain.of(EnvironmentVariableCredentialsProvider.create(), snapStart)) {
            return new RdsTokenSigner(role, new SystemSettingsRegionProvider()).sign(host, port, username);
        }
    }

    @Override
    public Token sign(HostName host, int port, String username) {
        try {
            Region signedFor = region.getRegion();
            String text = RdsUtilities.builder()
                    .credentialsProvider(credentials)
                    .region(signedFor)
                    .build()
                    .generateAuthenticationToken(
                            token -> token.hostname(host.inUrl()).port(port).username(username));
            return new Token(text, signedFor.id());
        } catch (SdkException e) {
            throw new MigrationException(
                    "No token could be signed for %s (%s): region and credentials must be in the function's environment, where Lambda puts those of its role"
                            .formatted(Text.quote(username), e.getClass().getSimpleName()),
                    e);
        }
    }
}
