package io.github.cdkliquibase.lambda.database;

/**
 * Whose password a secret holds, and which.
 *
 * @param password never to be shown
 */
public record SecretPassword(String username, String password) {

    // Without the password.
    @Override
    public String toString() {
        return "SecretPassword[username=" + username + "]";
    }
}
