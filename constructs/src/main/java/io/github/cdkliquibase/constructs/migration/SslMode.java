package io.github.cdkliquibase.constructs.migration;

/** How much of TLS to insist on; the words are those of the PostgreSQL JDBC driver. */
public enum SslMode {
    /** The server's certificate is of a trusted authority and names the host. */
    VERIFY_FULL("verify-full"),
    /** The server's certificate is of a trusted authority, for whatever host. */
    VERIFY_CA("verify-ca"),
    /** Encrypted, to whoever answers. */
    REQUIRE("require"),
    /** In the clear. */
    DISABLE("disable");

    private final String word;

    SslMode(String word) {
        this.word = word;
    }

    String word() {
        return word;
    }
}
