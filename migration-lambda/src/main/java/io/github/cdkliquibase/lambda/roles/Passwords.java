package io.github.cdkliquibase.lambda.roles;

/** The passwords of the roles, as their secrets hold them. */
public interface Passwords {

    /**
     * The password of a role, in the clear.
     *
     * @throws io.github.cdkliquibase.lambda.failure.MigrationException if its secret cannot be read, or is another user's
     */
    String of(Role role);

    /** Whether the role can already log in with the password of its secret. */
    boolean areKnownTo(Role role);

    /**
     * Checks that the user that administers the roles can still log in.
     *
     * @throws io.github.cdkliquibase.lambda.failure.MigrationException if it cannot; the message is the server's
     */
    void checkAdministratorLogin();
}
