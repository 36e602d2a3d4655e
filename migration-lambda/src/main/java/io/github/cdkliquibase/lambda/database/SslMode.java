package io.github.cdkliquibase.lambda.database;

import java.util.Arrays;
import java.util.Optional;

/** How much of TLS a connection insists on, in pgjdbc's words. */
public enum SslMode {
    /** Encrypted, with a certificate of a trusted authority for the very host that is asked for. */
    VERIFY_FULL("verify-full"),
    /** Encrypted, with a certificate of a trusted authority, whatever host it is for. */
    VERIFY_CA("verify-ca"),
    /** Encrypted, with any certificate: nothing proves whom one talks to. */
    REQUIRE("require"),
    /** Not encrypted. */
    DISABLE("disable");

    private final String word;

    SslMode(String word) {
        this.word = word;
    }

    /** The word that properties and pgjdbc use. */
    public String word() {
        return word;
    }

    /** The mode of a word; empty for any other word. */
    public static Optional<SslMode> of(String word) {
        return Arrays.stream(values()).filter(mode -> mode.word.equals(word)).findFirst();
    }

    boolean verifies() {
        return this == VERIFY_FULL || this == VERIFY_CA;
    }
}
