package io.github.cdkliquibase.lambda.engine;

import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How much of TLS a connection requires, in pgjdbc's words. */
public enum SslMode {
    /** Encrypted, with a certificate of a trusted authority for exactly this host. */
    VERIFY_FULL("verify-full", null),
    /** Encrypted, with a certificate of a trusted authority for any host. */
    VERIFY_CA(
            "verify-ca",
            "the server's host name is not checked, so any server with a certificate of a trusted authority is accepted as the database"),
    /** Encrypted, with any certificate: the server is not verified. */
    REQUIRE("require", "the server's certificate is not checked, so nothing proves that it is the database"),
    /** Not encrypted. */
    DISABLE("disable", "nothing is encrypted, and nothing proves that the server is the database");

    private final String word;
    private final @Nullable String weakness;

    SslMode(String word, @Nullable String weakness) {
        this.word = word;
        this.weakness = weakness;
    }

    /** The word that properties and pgjdbc use. */
    public String word() {
        return word;
    }

    /** The mode of a word; empty for any other word. */
    public static Optional<SslMode> of(String word) {
        return Arrays.stream(values()).filter(mode -> mode.word.equals(word)).findFirst();
    }

    /** The weakness of the mode; empty if it has none. */
    public Optional<String> weakness() {
        return Optional.ofNullable(weakness);
    }

    /** Whether the certificate of the server is checked. */
    public boolean verifies() {
        return this == VERIFY_FULL || this == VERIFY_CA;
    }
}
