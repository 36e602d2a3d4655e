package io.github.cdkliquibase.localdeploy;

import io.github.cdkliquibase.stage.database.ExistingDatabase;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that name an existing database. The password is none of them: a command line can be read by others. */
final class ExistingOptions {

    @Option(
            names = "--database-url",
            paramLabel = "URL",
            required = true,
            description = "jdbc:postgresql://host:port/database, without parameters.")
    private String url = "";

    @Option(names = "--database-user", paramLabel = "NAME", required = true, description = "User that migrates.")
    private String user = "";

    @Option(
            names = "--database-password-env",
            paramLabel = "VARIABLE",
            defaultValue = "PGPASSWORD",
            description = "Environment variable that holds the password. Default: ${DEFAULT-VALUE}.")
    private String passwordVariable = "";

    @Option(
            names = "--ssl-mode",
            paramLabel = "MODE",
            defaultValue = "verify-full",
            description = "verify-full, verify-ca, require or disable (SslMode). Default: ${DEFAULT-VALUE}.")
    private String sslMode = "";

    @Option(
            names = "--ssl-root-cert",
            paramLabel = "FILE",
            description = "CA certificates to trust, as PEM (SslRootCert). Default: those in the function's zip.")
    @Nullable private Path sslRootCert;

    ExistingDatabase database(Map<String, String> environment) {
        String password = environment.get(passwordVariable);
        if (password == null || password.isEmpty()) {
            throw new IllegalArgumentException(
                    "Environment variable '%s' must hold the password of user '%s', and it is not set. Another variable can be named with '--database-password-env'"
                            .formatted(passwordVariable, user));
        }
        return ExistingDatabase.of(url, user, password, sslMode, sslRootCert);
    }
}
