package io.github.cdkliquibase.benchmark.scenario;

/** How contestants get into the database. */
public enum Access {
    /** All with a password, and all without TLS. */
    PASSWORD("password"),
    /**
     * All with TLS and through the played front of a database with IAM authentication: the zip with a token, the floor with a
     * password.
     */
    TOKEN("token");

    private final String word;

    Access(String word) {
        this.word = word;
    }

    /** The word for the command line. */
    @Override
    public String toString() {
        return word;
    }
}
