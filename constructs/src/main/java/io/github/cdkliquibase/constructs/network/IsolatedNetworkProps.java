package io.github.cdkliquibase.constructs.network;

import org.jspecify.annotations.Nullable;
import software.amazon.awscdk.services.ec2.IIpAddresses;

/**
 * What an {@link IsolatedNetwork} can be told.
 *
 * @param ipAddresses where its addresses come from; null for CDK's default, 10.0.0.0/16
 * @param maxAzs in how many availability zones there are subnets, at most; Aurora needs two
 */
public record IsolatedNetworkProps(@Nullable IIpAddresses ipAddresses, int maxAzs) {

    public IsolatedNetworkProps {
        if (maxAzs < 2) {
            throw new IllegalArgumentException("'maxAzs' must be 2 or more, which Aurora needs, got " + maxAzs);
        }
    }

    /** Two availability zones, with CDK's default addresses. */
    public IsolatedNetworkProps() {
        this(null, 2);
    }
}
