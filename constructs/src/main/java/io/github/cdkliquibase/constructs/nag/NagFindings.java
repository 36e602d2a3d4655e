package io.github.cdkliquibase.constructs.nag;

import software.amazon.awscdk.Acknowledgment;

/** Findings of cdk-nag and of CDK's template validator that are meant to be so. */
public final class NagFindings {

    private NagFindings() {}

    /**
     * A finding that is acknowledged, for {@code Validations.acknowledge}.
     *
     * @param id the id that it is reported with
     * @param reason why it is no fault
     */
    public static Acknowledgment acknowledged(String id, String reason) {
        return Acknowledgment.builder().id(id).reason(reason).build();
    }
}
