package io.github.cdkliquibase.lambda.database;

/**
 * The user and the password in a secret.
 *
 * @param password must never be shown
 */
public record SecretPassword(String username, String password) {

    // Leaves out the password.
    @Override
    public String toString() {
        return "SecretPassword[username=" + username + "]";
    }
}
