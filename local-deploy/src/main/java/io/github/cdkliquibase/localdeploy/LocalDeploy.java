package io.github.cdkliquibase.localdeploy;

import io.github.cdkliquibase.stage.cloudformation.RequestType;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Command line of the deploy without AWS. */
@Command(
        name = "local-deploy",
        sortOptions = false,
        usageHelpAutoWidth = true,
        description = {
            "Deploys a Liquibase changelog without AWS: runs the built Lambda zip under AWS's own Java runtime client, plays CloudFormation and Secrets Manager on loopback, and shows what happened.",
            "Without options: the sample changelog, a PostgreSQL of its own, and the events Create and Update."
        },
        optionListHeading = "%nOptions:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:every event succeeded", "1:an event failed, or something stood in the way", "2:wrong usage"})
public final class LocalDeploy implements Callable<Integer> {

    /** As a shell reports an interrupted command. */
    private static final int INTERRUPTED = 130;

    private final Map<String, String> environment;

    @Spec
    @Nullable private CommandSpec spec;

    @Option(
            names = "--changelog",
            paramLabel = "DIR",
            defaultValue = "${sys:localdeploy.changelog}",
            description =
                    "Folder with the changelog (CHANGELOG_DIR of the function). It is copied, never written to. Default: the sample.")
    @Nullable private Path changelog;

    @Option(
            names = "--file",
            paramLabel = "PATH",
            description = "Root changelog, relative to the folder (ChangelogFile). Default: the function's own.")
    @Nullable private String file;

    @Option(
            names = "--events",
            paramLabel = "EVENT",
            split = ",",
            defaultValue = "Create,Update",
            converter = RequestTypeConverter.class,
            description =
                    "What to send, in this order: Create first, then any number of Update, then perhaps Delete. Default: ${DEFAULT-VALUE}.")
    private List<RequestType> events = List.of();

    @Option(
            names = "--protocol",
            paramLabel = "NAME",
            defaultValue = "provider",
            converter = ProtocolConverter.class,
            description =
                    "'provider': as behind CDK's Provider (handler onEvent). 'direct': the function answers to a ResponseURL by itself (handler handleRequest). Default: ${DEFAULT-VALUE}.")
    private Protocol protocol = Protocol.PROVIDER;

    @Option(names = "--contexts", paramLabel = "EXPR", description = "Liquibase contexts (Contexts).")
    @Nullable private String contexts;

    @Option(names = "--label-filter", paramLabel = "EXPR", description = "Liquibase label expression (LabelFilter).")
    @Nullable private String labelFilter;

    @Option(names = "--schema", paramLabel = "NAME", description = "Schema of unqualified objects (DefaultSchema).")
    @Nullable private String schema;

    @Option(
            names = "--parameter",
            paramLabel = "NAME=VALUE",
            description = "A changelog parameter (Parameters). May be given more than once.")
    private Map<String, String> parameters = Map.of();

    @Option(
            names = "--timeout",
            paramLabel = "DURATION",
            defaultValue = "PT15M",
            converter = DurationConverter.class,
            description = "Timeout of the function as an ISO-8601 duration, at most PT15M. Default: ${DEFAULT-VALUE}.")
    private Duration timeout = Duration.ZERO;

    @Option(
            names = "--memory",
            paramLabel = "MB",
            defaultValue = "1769",
            description = "Memory of the function, 128 to 10240. Its heap gets 85 %% of it. Default: ${DEFAULT-VALUE}.")
    private int memory;

    @Option(
            names = "--artifact",
            paramLabel = "ZIP",
            defaultValue = "${sys:localdeploy.artifact}",
            description = "The function's zip. Default: the one that this build has made.")
    @Nullable private Path artifact;

    @Option(
            names = "--lambda-runtime",
            paramLabel = "DIR",
            defaultValue = "${sys:localdeploy.lambda-runtime}",
            description =
                    "Folder with the jars of AWS's Lambda runtime interface client. Default: the one that this build has made.")
    @Nullable private Path lambdaRuntime;

    @Option(
            names = {"-v", "--verbose"},
            description = "Show every line that the function writes.")
    private boolean verbose;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this text.")
    @SuppressWarnings("UnusedVariable") // picocli looks at the option itself
    private boolean help;

    @ArgGroup(exclusive = false, heading = "%nAn existing database instead of an own one:%n")
    @Nullable private ExistingOptions existing;

    LocalDeploy(Map<String, String> environment) {
        this.environment = environment;
    }

    /**
     * Runs the command line and ends the JVM with its exit code; also ends it when the process that started it is gone,
     * so that a build that is killed does not go on migrating a database.
     */
    public static void main(String[] args) {
        ProcessHandle.current().parent().ifPresent(LocalDeploy::endWith);
        System.exit(commandLine(System.getenv()).execute(args));
    }

    private static void endWith(ProcessHandle build) {
        // On a thread of its own: while the JVM ends, the pool that would do it has to tell of ended processes.
        CompletableFuture<Void> unused = build.onExit()
                .thenRunAsync(
                        () -> System.exit(INTERRUPTED),
                        exit -> Thread.ofPlatform().start(exit));
    }

    static CommandLine commandLine(Map<String, String> environment) {
        return new CommandLine(new LocalDeploy(environment))
                .setParameterExceptionHandler(LocalDeploy::misused)
                .setExecutionExceptionHandler(LocalDeploy::failed);
    }

    private static int misused(ParameterException failure, String[] arguments) {
        PrintWriter err = failure.getCommandLine().getErr();
        err.println(failure.getMessage());
        err.println("'--help' shows all options");
        return CommandLine.ExitCode.USAGE;
    }

    private static int failed(Exception failure, CommandLine commandLine, CommandLine.ParseResult arguments) {
        PrintWriter err = commandLine.getErr();
        err.println("Error: " + Optional.ofNullable(failure.getMessage()).orElse(failure.toString()));
        for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            err.println("  because: " + cause);
        }
        if (arguments.hasMatchedOption("--verbose")) {
            failure.printStackTrace(err);
        }
        return 1;
    }

    @Override
    public Integer call() {
        Deployment deployment = deployment();
        PrintWriter out = commandLine().getOut();
        return new DeploymentRun(deployment, new ConsoleOutput(out, verbose)).run() ? 0 : 1;
    }

    private Deployment deployment() {
        try {
            return new Deployment(
                    folder("--changelog", changelog),
                    Optional.ofNullable(file),
                    events,
                    protocol,
                    Optional.ofNullable(contexts),
                    Optional.ofNullable(labelFilter),
                    Optional.ofNullable(schema),
                    parameters,
                    timeout,
                    memory,
                    given("--artifact", artifact),
                    folder("--lambda-runtime", lambdaRuntime),
                    Optional.ofNullable(existing).map(options -> options.database(environment)));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private CommandLine commandLine() {
        return Objects.requireNonNull(spec).commandLine();
    }

    private static Path given(String option, @Nullable Path path) {
        if (path == null) {
            throw new IllegalArgumentException(
                    "Option '%s' is required, unless the build starts this command ('mvn -q -Ddeploy')"
                            .formatted(option));
        }
        return path.toAbsolutePath().normalize();
    }

    private static Path folder(String option, @Nullable Path path) {
        Path folder = given(option, path);
        if (!Files.isDirectory(folder)) {
            throw new IllegalArgumentException("Option '%s' must be a folder, got '%s'".formatted(option, folder));
        }
        return folder;
    }

    private static final class RequestTypeConverter implements CommandLine.ITypeConverter<RequestType> {
        @Override
        public RequestType convert(String word) {
            for (RequestType type : RequestType.values()) {
                if (type.word().equalsIgnoreCase(word)) {
                    return type;
                }
            }
            throw new CommandLine.TypeConversionException(
                    "must be 'Create', 'Update' or 'Delete', got '%s'".formatted(word));
        }
    }

    private static final class DurationConverter implements CommandLine.ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            try {
                return Duration.parse(text);
            } catch (DateTimeParseException e) {
                throw new CommandLine.TypeConversionException(
                        "must be an ISO-8601 duration such as PT5M, got '%s'".formatted(text));
            }
        }
    }

    private static final class ProtocolConverter implements CommandLine.ITypeConverter<Protocol> {
        @Override
        public Protocol convert(String word) {
            return switch (word) {
                case "direct" -> Protocol.DIRECT;
                case "provider" -> Protocol.PROVIDER;
                default ->
                    throw new CommandLine.TypeConversionException(
                            "must be 'direct' or 'provider', got '%s'".formatted(word));
            };
        }
    }
}
