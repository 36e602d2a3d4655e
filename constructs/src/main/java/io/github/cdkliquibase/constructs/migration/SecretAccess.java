package io.github.cdkliquibase.constructs.migration;

import java.util.List;
import java.util.Map;
import software.amazon.awscdk.Aws;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.kms.IKey;
import software.amazon.awscdk.services.lambda.Function;
import software.amazon.awscdk.services.secretsmanager.ISecret;

/**
 * The permission to read a secret, in the reader's own policy. CDK's {@code grantRead} also writes the reader into the
 * policy of the key, which is a circle where the key is in the database's stack and the reader in one that depends on it.
 */
final class SecretAccess {

    /** What Secrets Manager adds to the name of a secret, in an ARN that was given without it. */
    private static final String SUFFIX = "-??????";

    private SecretAccess() {}

    static void grant(Function reader, ISecret secret) {
        String full = secret.getSecretFullArn();
        reader.addToRolePolicy(PolicyStatement.Builder.create()
                .actions(List.of("secretsmanager:GetSecretValue"))
                .resources(List.of(full == null ? secret.getSecretArn() + SUFFIX : full))
                .build());
        IKey key = secret.getEncryptionKey();
        if (key != null) {
            reader.addToRolePolicy(PolicyStatement.Builder.create()
                    .actions(List.of("kms:Decrypt"))
                    .resources(List.of(key.getKeyArn()))
                    .conditions(Map.of(
                            "StringEquals",
                            Map.of("kms:ViaService", "secretsmanager." + Aws.REGION + "." + Aws.URL_SUFFIX)))
                    .build());
        }
    }
}
