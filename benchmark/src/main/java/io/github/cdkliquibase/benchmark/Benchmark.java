package io.github.cdkliquibase.benchmark;

import io.github.cdkliquibase.benchmark.contestant.Contestant;
import io.github.cdkliquibase.benchmark.contestant.LineUp;
import io.github.cdkliquibase.benchmark.contestant.Rig;
import io.github.cdkliquibase.benchmark.report.Report;
import io.github.cdkliquibase.benchmark.report.Results;
import io.github.cdkliquibase.stage.cloudformation.ResponseBucket;
import io.github.cdkliquibase.stage.scratch.ScratchFolder;
import io.github.cdkliquibase.stage.secrets.SecretsManagerEndpoint;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Command line of the benchmark. */
@Command(
        name = "benchmark",
        sortOptions = false,
        usageHelpAutoWidth = true,
        description = {
            "Measures whole processes that migrate a database, side by side and in turns: this project's zip, floors, Liquibase, Flyway, psql.",
            "Without options it measures for about a quarter of an hour. An option that chooses scenarios replaces them by all combinations of the chosen values."
        },
        optionListHeading = "%nOptions:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:everything was measured",
            "1:a contestant failed, or something stood in the way",
            "2:wrong usage"
        })
public final class Benchmark implements Callable<Integer> {

    /** As a shell reports an interrupted command. */
    private static final int INTERRUPTED = 130;

    private static final int MOST_ROUNDS = 1000;

    /** The parts of a run that the options decide on. */
    private record Setup(Plan plan, Rig rig, List<Contestant> field, Report report) {}

    @Spec
    @Nullable private CommandSpec spec;

    @Mixin
    @Nullable private Selection selection;

    @Option(
            names = "--all",
            description = "All scenarios: three formats and up to 20,000 changesets. Takes many hours.")
    private boolean all;

    @Option(
            names = "--contestants",
            paramLabel = "NAME",
            split = ",",
            description =
                    "The contestants beside the zip: 'before', 'floor', 'floor-with-secret', 'liquibase-4', 'liquibase-5', 'sample', 'flyway', 'psql-transaction', 'psql-message'. Else all that this machine can run.")
    private List<String> contestants = List.of();

    @Option(
            names = "--runs",
            paramLabel = "COUNT",
            defaultValue = "5",
            description = "How often each contestant runs in each scenario. Default: ${DEFAULT-VALUE}.")
    private int runs;

    @Option(
            names = "--server",
            paramLabel = "NAME=VALUE",
            description =
                    "A setting of the server. May be given more than once. Default: fsync=off and synchronous_commit=on.")
    private Map<String, String> serverSettings = Map.of();

    @Mixin
    @Nullable private FileOptions files;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this text.")
    @SuppressWarnings("UnusedVariable") // picocli looks at the option itself
    private boolean help;

    /**
     * Runs the command line and ends the JVM with its exit code. If the build is killed, the JVM ends too and measures no
     * more.
     */
    public static void main(String[] args) {
        ProcessHandle.current().parent().ifPresent(Benchmark::endWith);
        System.exit(new CommandLine(new Benchmark())
                .setParameterExceptionHandler(Benchmark::misused)
                .execute(args));
    }

    private static int misused(ParameterException failure, String[] arguments) {
        PrintWriter err = failure.getCommandLine().getErr();
        err.println(failure.getMessage());
        err.println("'--help' shows all options");
        return CommandLine.ExitCode.USAGE;
    }

    private static void endWith(ProcessHandle build) {
        // On a thread of its own: while the JVM ends, the pool that would do it has to tell of ended processes.
        CompletableFuture<Void> unused = build.onExit()
                .thenRunAsync(
                        () -> System.exit(INTERRUPTED),
                        exit -> Thread.ofPlatform().start(exit));
    }

    @Override
    public Integer call() {
        if (runs < 1 || runs > MOST_ROUNDS) {
            throw new ParameterException(commandLine(), "Option '--runs' must be 1 to 1000, got '%d'".formatted(runs));
        }
        Path project = Path.of(System.getProperty("benchmark.project", ""))
                .toAbsolutePath()
                .normalize();
        try (SecretsManagerEndpoint secrets = SecretsManagerEndpoint.open();
                ResponseBucket bucket = ResponseBucket.open();
                ScratchFolder scratch = ScratchFolder.create("benchmark")) {
            Setup setup = setup(project, secrets, bucket, scratch);
            return measured(setup) ? 0 : 1;
        }
    }

    private Setup setup(Path project, SecretsManagerEndpoint secrets, ResponseBucket bucket, ScratchFolder scratch) {
        try {
            FileOptions given = Objects.requireNonNull(files);
            Rig rig = new Rig(project, given.artifact(project), given.before(), secrets, bucket, scratch);
            Setup setup = new Setup(plan(), rig, field(new LineUp(rig).contestants()), given.report(project));
            setup.report().check();
            return setup;
        } catch (IllegalArgumentException e) {
            throw new ParameterException(commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    // Returns whether everything was measured.
    private boolean measured(Setup setup) {
        try (Venue venue = Venue.open(setup.rig().scratch(), serverSettings)) {
            Plan possible = setup.plan().where(scenario -> venue.canLimitTo(scenario.memory()));
            Results results = new Results();
            List<String> conditions = Conditions.of(setup.rig(), venue, setup.plan(), possible, runs);
            Progress progress =
                    new Progress(commandLine().getOut(), results, setup.field(), setup.report(), conditions);
            progress.begins(possible.scenarios().size());
            Course course = new Course(venue, setup.field(), runs, results, progress);
            possible.byChangelog()
                    .forEach((changelog, scenarios) ->
                            course.run(changelog.format(), changelog.changesets(), scenarios));
            progress.ends();
            return !results.hasFailures();
        }
    }

    private Plan plan() {
        if (all) {
            return Plan.all();
        }
        Selection selected = Objects.requireNonNull(selection);
        return selected.isEmpty() ? Plan.standard() : Plan.of(selected);
    }

    private List<Contestant> field(List<Contestant> lineUp) {
        List<String> known = lineUp.stream().map(Contestant::name).toList();
        for (String name : contestants) {
            if (!known.contains(name)) {
                throw new IllegalArgumentException(
                        "Option '--contestants' must name contestants that this machine can run, %s, got '%s'"
                                .formatted(known, name));
            }
        }
        return lineUp.stream()
                .filter(each ->
                        contestants.isEmpty() || each.name().equals(LineUp.ZIP) || contestants.contains(each.name()))
                .toList();
    }

    private CommandLine commandLine() {
        return Objects.requireNonNull(spec).commandLine();
    }
}
