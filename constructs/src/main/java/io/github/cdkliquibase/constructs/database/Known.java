package io.github.cdkliquibase.constructs.database;

import software.amazon.awscdk.Acknowledgment;

/** Findings of cdk-nag and of CDK's template validator that are meant to be so. */
final class Known {

    private Known() {}

    /** A finding by the id that it is reported with, and why it is no fault. */
    static Acknowledgment finding(String id, String reason) {
        return Acknowledgment.builder().id(id).reason(reason).build();
    }
}
