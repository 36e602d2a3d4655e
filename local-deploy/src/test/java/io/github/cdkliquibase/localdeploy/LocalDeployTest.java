package io.github.cdkliquibase.localdeploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** Usage errors only: each ends before anything is started. */
class LocalDeployTest {

    private final Path folder;
    private final StringWriter err = new StringWriter();
    private final StringWriter out = new StringWriter();

    LocalDeployTest(@TempDir Path folder) throws IOException {
        this.folder = folder;
        Files.createFile(folder.resolve("function.zip"));
        Files.createFile(folder.resolve("runtime.jar"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            --events Destroy                                | must be 'Create', 'Update' or 'Delete', got 'Destroy'
            --events Update,Create                          | 'Create', then any number of 'Update'
            --events Create,Create                          | 'Create', then any number of 'Update'
            --events Create,Delete,Update                   | got 'Create,Delete,Update'
            --protocol smoke                                | must be 'direct' or 'provider', got 'smoke'
            --timeout 15m                                   | Invalid value for option '--timeout': must be an ISO-8601 duration such as PT5M, got '15m'
            --timeout PT0S                                  | longer than zero and at most 'PT15M', got 'PT0S'
            --timeout PT16M                                 | longer than zero and at most 'PT15M', got 'PT16M'
            --memory 64                                     | 128 to 10240 megabytes, got '64'
            --memory much                                   | Invalid value for option '--memory'
            --parameter novalue                             | --parameter
            --changelog no/such                             | Option '--changelog' must be a folder
            --artifact no.zip                               | no.zip' is not a file
            --ssl-mode require                              | --database-url
            --database-url jdbc:postgresql://h/d            | --database-user
            --database-password secret                      | Unknown option
            --colour red                                    | Unknown option
            """)
    void wrongOptionIsRefusedWithWhatIsAllowed(String options, String message) {
        assertThat(execute(Map.of(), options.split(" "))).isEqualTo(2);
        assertThat(err.toString()).contains(message, "'--help' shows all options");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            jdbc:mysql://h/d                    | disable     | 'jdbc:postgresql://host:port/database' without parameters, got 'jdbc:mysql://h/d'
            jdbc:postgresql://h/d?password=pwd1 | disable     | got 'jdbc:postgresql://h/d?...'
            jdbc:postgresql://h:99999/d         | disable     | Port of the database URL must be 1 to 65535, got '99999'
            jdbc:postgresql://h/d               | verify-some | 'verify-full', 'verify-ca', 'require' or 'disable', got 'verify-some'
            """)
    void wrongDescriptionOfADatabaseIsRefused(String url, String sslMode, String message) {
        int code = execute(
                Map.of("PGPASSWORD", "pwd0"), "--database-url", url, "--database-user", "ann", "--ssl-mode", sslMode);

        assertThat(code).isEqualTo(2);
        assertThat(err.toString()).contains(message).doesNotContain("pwd0", "pwd1");
    }

    @Test
    void passwordMustBeInTheNamedVariable() {
        int code = execute(
                Map.of("PGPASSWORD", "pwd0"),
                "--database-url",
                "jdbc:postgresql://h/d",
                "--database-user",
                "ann",
                "--database-password-env",
                "APP_PASSWORD");

        assertThat(code).isEqualTo(2);
        assertThat(err.toString()).contains("'APP_PASSWORD' must hold the password of user 'ann', and it is not set");
    }

    @Test
    void fileOfTheAuthorityMustHoldACertificate() throws IOException {
        Path file = Files.writeString(folder.resolve("ca.pem"), "nothing");
        int code = execute(
                Map.of("PGPASSWORD", "pwd0"),
                "--database-url",
                "jdbc:postgresql://h/d",
                "--database-user",
                "ann",
                "--ssl-root-cert",
                file.toString());

        assertThat(code).isEqualTo(2);
        assertThat(err.toString()).contains("ca.pem' holds no certificate in PEM form");
    }

    @Test
    void helpNamesEveryOption() {
        assertThat(execute(Map.of(), "--help")).isZero();

        List<String> names = LocalDeploy.commandLine(Map.of()).getCommandSpec().options().stream()
                .map(CommandLine.Model.OptionSpec::longestName)
                .toList();
        assertThat(names)
                .hasSizeGreaterThan(15)
                .allSatisfy(name -> assertThat(out.toString()).contains(name));
        assertThat(out.toString()).doesNotContain("${");
    }

    private int execute(Map<String, String> environment, String... options) {
        List<String> arguments = new ArrayList<>(List.of(options));
        complete(arguments, "--changelog", folder);
        complete(arguments, "--artifact", folder.resolve("function.zip"));
        complete(arguments, "--lambda-runtime", folder);
        return LocalDeploy.commandLine(environment)
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments.toArray(String[]::new));
    }

    private static void complete(List<String> arguments, String option, Path value) {
        if (!arguments.contains(option)) {
            arguments.add(option);
            arguments.add(value.toString());
        }
    }
}
