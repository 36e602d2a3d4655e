package io.github.cdkliquibase.stage.iam;

import java.util.concurrent.TimeUnit;
import okhttp3.tls.HeldCertificate;

/**
 * What a server shows to its clients.
 *
 * @param certificate its certificate, with the key
 * @param authority PEM of the CA certificate that it is signed with
 */
public record FrontCertificate(HeldCertificate certificate, String authority) {

    /** A certificate for this machine, of an authority of its own. */
    public static FrontCertificate forThisMachine() {
        HeldCertificate authority = new HeldCertificate.Builder()
                .commonName("local-deploy throw-away CA of a front")
                .certificateAuthority(0)
                .duration(1, TimeUnit.DAYS)
                .build();
        HeldCertificate certificate = new HeldCertificate.Builder()
                .commonName("localhost")
                .addSubjectAlternativeName("localhost")
                .addSubjectAlternativeName("127.0.0.1")
                .signedBy(authority)
                .duration(1, TimeUnit.DAYS)
                .build();
        return new FrontCertificate(certificate, authority.certificatePem());
    }
}
