package io.github.cdkliquibase.lambda.roles;

/** The passwords of the roles, which their secrets hold. */
public interface Passwords {

    /**
     * The password of a role, in the clear.
     *
     * @throws io.github.cdkliquibase.lambda.failure.MigrationException if its secret cannot be read, or is another user's
     */
    String of(Role role);

    /** Whether the database already lets the role in with the password of its secret. */
    boolean areKnownTo(Role role);

    /**
     * Whether the user that administers the roles can still log in.
     *
     * @throws io.github.cdkliquibase.lambda.failure.MigrationException with what the server said, if it cannot
     */
    void letTheAdministratorIn();
}
