package io.github.cdkliquibase.infra.endtoend;

import io.github.cdkliquibase.stage.database.TargetDatabase;
import io.github.cdkliquibase.stage.iam.IamAuthProxy;
import io.github.cdkliquibase.stage.secrets.SecretsManagerEndpoint;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What the resources of a stack have become: a function its ARN, a cluster the embedded database. A secret of a database
 * is complete only for those who refer to its attachment, which is what CloudFormation waits for.
 */
final class MadeResources implements References.Attributes {

    private final TargetDatabase database;
    private final IamAuthProxy front;
    private final SecretsManagerEndpoint secrets;
    private final Map<String, String> secretArns = new HashMap<>();

    MadeResources(TargetDatabase database, IamAuthProxy front, SecretsManagerEndpoint secrets) {
        this.database = database;
        this.front = front;
        this.secrets = secrets;
    }

    @Override
    public String of(Template.Resource resource, String attribute, References references) {
        return switch (resource.type() + " " + attribute) {
            case "AWS::Lambda::Function Ref" -> resource.name();
            case "AWS::Lambda::Function Arn" -> Functions.arn(resource.name());
            case "AWS::RDS::DBCluster Endpoint.Address" -> IamAuthProxy.HOST;
            case "AWS::RDS::DBCluster Endpoint.Port" -> Integer.toString(front.port());
            case "AWS::RDS::DBCluster DBClusterResourceId" ->
                "cluster-" + resource.id().toUpperCase(Locale.ROOT);
            case "AWS::RDS::DBCluster MasterUserSecret.SecretArn" ->
                secretArns.computeIfAbsent(resource.name(), this::managedByRds);
            case "AWS::SecretsManager::Secret Ref" ->
                secretArns.computeIfAbsent(resource.name(), name -> secrets.put(name, "{}"));
            case "AWS::SecretsManager::SecretTargetAttachment Ref" -> attached(resource, references);
            default ->
                throw new IllegalStateException("'%s' of '%s', which is a '%s', is not known to this test"
                        .formatted(attribute, resource.name(), resource.type()));
        };
    }

    // RDS writes no more than these two fields into a secret that it manages.
    private String managedByRds(String name) {
        return secrets.put(
                "rds!" + name,
                "{\"username\":\"%s\",\"password\":\"%s\"}".formatted(database.username(), database.password()));
    }

    // An attachment writes into the secret where the database is, and gives the secret's ARN.
    private String attached(Template.Resource attachment, References references) {
        String arn = references.text(attachment, "SecretId");
        secretArns.forEach((name, each) -> {
            if (each.equals(arn)) {
                secrets.put(name, database.secret());
            }
        });
        return arn;
    }
}
