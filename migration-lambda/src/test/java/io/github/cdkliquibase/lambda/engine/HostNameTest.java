package io.github.cdkliquibase.lambda.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the name of a host says of who is there. */
final class HostNameTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "shop.cluster-c1a2b3.eu-central-1.rds.amazonaws.com | true | false | eu-central-1",
                "SHOP.cluster-c1a2b3.eu-central-1.RDS.amazonaws.com. | true | false | eu-central-1",
                "shop.c1a2b3.us-gov-west-1.rds.amazonaws.com | true | false | us-gov-west-1",
                "shop.cluster-c1a2b3.rds.cn-north-1.amazonaws.com.cn | true | false | cn-north-1",
                "shop.global-c1a2b3.global.rds.amazonaws.com | true | false | -",
                "orders.proxy-c1a2b3.eu-central-1.rds.amazonaws.com | false | true | eu-central-1",
                "readers.endpoint.proxy-c1a2b3.eu-central-1.rds.amazonaws.com | false | true | eu-central-1",
                "orders.proxy-c1a2b3.rds.cn-north-1.amazonaws.com.cn | false | true | cn-north-1",
                "proxy-1.cluster-c1a2b3.eu-central-1.rds.amazonaws.com | true | false | eu-central-1",
                "db.proxy-1.example.com | false | false | -",
                "rds.amazonaws.com.example.com | false | false | -",
                "localhost | false | false | -",
                "10.0.0.7 | false | false | -",
                "fd00::7 | false | false | -",
            })
    void anEndpointOfRdsIsKnownByItsName(String text, boolean isOfRds, boolean isOfAProxy, String region) {
        HostName host = HostName.of(text).orElseThrow();

        assertThat(host.isOfRds()).isEqualTo(isOfRds);
        assertThat(host.isOfAnRdsProxy()).isEqualTo(isOfAProxy);
        assertThat(host.rdsRegion().orElse(null)).isEqualTo(region);
    }
}
