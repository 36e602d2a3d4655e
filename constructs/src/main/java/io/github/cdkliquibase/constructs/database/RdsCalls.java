package io.github.cdkliquibase.constructs.database;

import io.github.cdkliquibase.constructs.nag.NagFindings;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.awscdk.Acknowledgment;
import software.amazon.awscdk.Aws;
import software.amazon.awscdk.Names;
import software.amazon.awscdk.RemovalPolicy;
import software.amazon.awscdk.UniqueResourceNameOptions;
import software.amazon.awscdk.Validations;
import software.amazon.awscdk.customresources.AwsCustomResource;
import software.amazon.awscdk.customresources.AwsCustomResourcePolicy;
import software.amazon.awscdk.customresources.AwsSdkCall;
import software.amazon.awscdk.customresources.PhysicalResourceId;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.iam.Role;
import software.amazon.awscdk.services.iam.ServicePrincipal;
import software.amazon.awscdk.services.logs.LogGroup;
import software.amazon.awscdk.services.logs.RetentionDays;
import software.constructs.Construct;
import software.constructs.IDependable;

/** Calls of the RDS API, made by CDK's custom resource for SDK calls, that do for a cluster what CloudFormation does not. */
final class RdsCalls extends Construct {

    private static final String SERVICE = "RDS";

    private final String clusterName;
    private final Role role;
    private final LogGroup logs;

    /** A cluster that was looked up: its endpoint, its resource id, and the name of its only instance; tokens. */
    record Cluster(String host, String resourceId, String instance, IDependable resource) {}

    RdsCalls(Construct scope, String id) {
        super(scope, id);
        // RDS wants lower case, and letters first; the scope's name begins with the stack's.
        clusterName = Names.uniqueResourceName(
                        this,
                        UniqueResourceNameOptions.builder()
                                .maxLength(60)
                                .separator("-")
                                .build())
                .toLowerCase(Locale.ROOT);
        logs = LogGroup.Builder.create(this, "Logs")
                .retention(RetentionDays.THREE_MONTHS)
                .removalPolicy(RemovalPolicy.DESTROY)
                .build();
        role = Role.Builder.create(this, "Role")
                .assumedBy(new ServicePrincipal("lambda.amazonaws.com"))
                .description("Of the function that calls RDS for a cluster in Express configuration")
                .build();
        logs.grantWrite(role);
    }

    /** The name of a cluster that {@link #createCluster} creates; the same on every deploy. */
    String clusterName() {
        return clusterName;
    }

    /** Creates the cluster; with it comes an instance. */
    IDependable createCluster(boolean deleteWithStack) {
        AwsCustomResource.Builder resource = call("Create")
                .onCreate(AwsSdkCall.builder()
                        .service(SERVICE)
                        .action("createDBCluster")
                        .parameters(sorted(Map.of(
                                "DBClusterIdentifier",
                                clusterName,
                                "Engine",
                                "aurora-postgresql",
                                "WithExpressConfiguration",
                                true)))
                        .physicalResourceId(PhysicalResourceId.of(clusterName))
                        .outputPaths(List.of("DBCluster.DBClusterIdentifier"))
                        .build());
        List<PolicyStatement> allowed = new ArrayList<>();
        allowed.add(
                allow("rds:CreateDBCluster", arn("cluster", clusterName), arn("cluster-pg", "*"), arn("subgrp", "*")));
        allowed.add(allow(
                "rds:CreateDBInstance",
                arn("cluster", clusterName),
                arn("db", "*"),
                arn("pg", "*"),
                arn("subgrp", "*")));
        if (deleteWithStack) {
            resource.onDelete(AwsSdkCall.builder()
                    .service(SERVICE)
                    .action("deleteDBCluster")
                    .parameters(sorted(Map.of("DBClusterIdentifier", clusterName, "SkipFinalSnapshot", true)))
                    .ignoreErrorCodesMatching("DBClusterNotFoundFault")
                    .build());
            allowed.add(allow("rds:DeleteDBCluster", arn("cluster", clusterName)));
        }
        acknowledgeNamesThatRdsGives();
        return resource.policy(AwsCustomResourcePolicy.fromStatements(allowed)).build();
    }

    /** Asks, on every deploy on which the cluster may be another one, where the cluster is. */
    Cluster lookUp(String identifier, IDependable cluster) {
        String found = "DBClusters.0.";
        AwsSdkCall describe = AwsSdkCall.builder()
                .service(SERVICE)
                .action("describeDBClusters")
                .parameters(Map.of("DBClusterIdentifier", identifier))
                .physicalResourceId(PhysicalResourceId.of(clusterName))
                .outputPaths(List.of(
                        found + "Endpoint",
                        found + "DbClusterResourceId",
                        found + "DBClusterMembers.0.DBInstanceIdentifier"))
                .build();
        AwsCustomResource resource = call("LookUp")
                .onCreate(describe)
                .onUpdate(describe)
                .policy(AwsCustomResourcePolicy.fromStatements(
                        List.of(allow("rds:DescribeDBClusters", arn("cluster", identifier)))))
                .build();
        resource.getNode().addDependency(cluster);
        return new Cluster(
                resource.getResponseField(found + "Endpoint"),
                resource.getResponseField(found + "DbClusterResourceId"),
                resource.getResponseField(found + "DBClusterMembers.0.DBInstanceIdentifier"),
                resource);
    }

    /** Deletes the instance when the stack goes, before the cluster, which RDS would not delete with an instance in it. */
    IDependable deleteInstanceFirst(Cluster cluster) {
        AwsCustomResource resource = call("Delete")
                .onDelete(AwsSdkCall.builder()
                        .service(SERVICE)
                        .action("deleteDBInstance")
                        .parameters(
                                sorted(Map.of("DBInstanceIdentifier", cluster.instance(), "SkipFinalSnapshot", true)))
                        .ignoreErrorCodesMatching("DBInstanceNotFound|DBInstanceNotFoundFault")
                        .build())
                .policy(AwsCustomResourcePolicy.fromStatements(
                        List.of(allow("rds:DeleteDBInstance", arn("db", cluster.instance())))))
                .build();
        resource.getNode().addDependency(cluster.resource());
        return resource;
    }

    private AwsCustomResource.Builder call(String id) {
        return AwsCustomResource.Builder.create(this, id)
                .resourceType("Custom::AuroraExpress" + id)
                // The SDK in the runtime may be older than the configuration, and leave out what it does not know.
                .installLatestAwsSdk(true)
                .role(role)
                .logGroup(logs);
    }

    // They become one text in the template, which must not change from one synthesis to the next.
    private static Map<String, Object> sorted(Map<String, Object> parameters) {
        return new TreeMap<>(parameters);
    }

    private static PolicyStatement allow(String action, String... resources) {
        return PolicyStatement.Builder.create()
                .actions(List.of(action))
                .resources(List.of(resources))
                .build();
    }

    private static String arn(String resource, String name) {
        // Of tokens also where the stack's environment is known, so that the acknowledgements below name them.
        return "arn:" + Aws.PARTITION + ":rds:" + Aws.REGION + ":" + Aws.ACCOUNT_ID + ":" + resource + ":" + name;
    }

    private void acknowledgeNamesThatRdsGives() {
        Validations.of(this)
                .acknowledge(List.of("cluster-pg", "subgrp", "db", "pg").stream()
                        .map(
                                kind -> NagFindings.acknowledged(
                                        "AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:rds:<AWS::Region>:<AWS::AccountId>:%s:*]"
                                                .formatted(kind),
                                        "RDS itself names the instance of a cluster in Express configuration and chooses its groups; only the cluster's name is known before"))
                        .toArray(Acknowledgment[]::new));
    }
}
