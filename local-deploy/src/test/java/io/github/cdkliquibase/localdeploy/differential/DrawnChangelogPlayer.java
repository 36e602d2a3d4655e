package io.github.cdkliquibase.localdeploy.differential;

import io.github.cdkliquibase.localdeploy.contract.Stage;
import io.github.cdkliquibase.localdeploy.differential.ChangelogDrawer.Drawn;
import io.github.cdkliquibase.localdeploy.differential.CuttingProxy.Event;
import io.github.cdkliquibase.stage.cloudformation.Answer;
import io.github.cdkliquibase.stage.cloudformation.CustomResource;
import io.github.cdkliquibase.stage.database.TargetDatabase;
import io.github.cdkliquibase.stage.scratch.ScratchFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Deploys drawn changelogs, one after the other: with plain Liquibase undisturbed, and with the function, whose process is killed
 * and whose connections are lost. Each player has processes of its own, so that several work beside one another.
 */
final class DrawnChangelogPlayer implements AutoCloseable {

    private static final int MOST_DEPLOYS = 8;
    private static final Pattern CHANGESET = Pattern.compile("Changeset '(?<name>[^']+)'");

    private final ScratchFolder folders = ScratchFolder.create("drawn");
    private final Databases databases;
    private final TargetDatabase template;
    private final PlainLiquibase plain = PlainLiquibase.start(PlainLiquibase.IN_THE_ZIP);
    // A killed function starts cold, beside other tests.
    private final Stage stage = Stage.behindProvider(
            settings -> settings.withTimeout(Duration.ofSeconds(30)).withVariable("LC_ALL", "C.UTF-8"));
    private final CuttingProxy proxy;
    private final Figures figures = new Figures();

    /** What was done so far. */
    static final class Figures {

        private int deploys;
        private int disturbed;
        private int refused;
        private int notApplicable;

        /** Adds those of another player. */
        void add(Figures other) {
            deploys += other.deploys;
            disturbed += other.disturbed;
            refused += other.refused;
            notApplicable += other.notApplicable;
        }

        @Override
        public String toString() {
            return "%d deploys, %d of them disturbed, %d refused, %d that plain Liquibase cannot apply"
                    .formatted(deploys, disturbed, refused, notApplicable);
        }
    }

    /** What plain Liquibase makes of a changelog on a new database. */
    private record Oracle(PlainAnswer answer, DatabaseState state) {}

    /** How a series of deploys ended. */
    private record Ended(Answer answer, DatabaseState state, int deploys, boolean disturbed) {}

    /**
     * A player on a server.
     *
     * @param template that each changelog begins with
     */
    DrawnChangelogPlayer(Databases databases, TargetDatabase template) {
        this.databases = databases;
        this.template = template;
        this.proxy = CuttingProxy.before(databases.port());
    }

    Figures figures() {
        return figures;
    }

    private Oracle oracle(DrawnChangelog changelog) {
        TargetDatabase database = databases.copy(template);
        Path folder = folders.resolve("plain");
        write(folder, changelog);
        PlainAnswer answer = plain.update(folder, changelog.file(), database);
        DatabaseState state = databases.state(answer.ok(), database, HistoryTables.DEFAULT);
        databases.drop(database);
        return new Oracle(answer, state);
    }

    private static void write(Path folder, DrawnChangelog changelog) {
        try {
            Path file = folder.resolve(changelog.file());
            Files.createDirectories(file.resolveSibling("."));
            Files.writeString(file, changelog.text());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Deploys a changelog, or its two forms, in each way and compares.
     *
     * @return what is wrong; empty if nothing is
     */
    String play(Drawn drawn) {
        DrawnChangelog first = drawn.broken();
        Oracle broken = first == null ? null : oracle(first);
        Oracle whole = oracle(drawn.changelog());
        TargetDatabase database = databases.copy(template);
        CustomResource resource = stage.resource();
        try {
            if (broken != null && first != null && !broken.answer().ok()) {
                Ended ended = deployUntilUndisturbed(resource, database, first, drawn.events());
                String fault = compared("broken", first, broken, ended, resource, database);
                if (!fault.isEmpty()) {
                    return fault;
                }
            }
            List<Event> events = broken == null ? drawn.events() : drawn.later();
            Ended ended = deployUntilUndisturbed(resource, database, drawn.changelog(), events);
            figures.notApplicable += whole.answer().ok() ? 0 : 1;
            return compared("whole", drawn.changelog(), whole, ended, resource, database);
        } finally {
            databases.drop(database);
        }
    }

    private Ended deployUntilUndisturbed(
            CustomResource resource, TargetDatabase database, DrawnChangelog changelog, List<Event> events) {
        stage.empty();
        write(stage.changelogs(), changelog);
        proxy.plan(events, new CuttingProxy.Hand() {
            @Override
            public void kill() {
                stage.function.kill();
            }

            @Override
            public void terminate() {
                databases.endSessions(database);
            }
        });
        Answer answer;
        int deploys = 0;
        boolean disturbed = false;
        int before;
        do {
            before = proxy.happened();
            answer = deploy(resource, database, changelog, Map.of());
            figures.deploys++;
            deploys++;
            disturbed |= proxy.happened() > before;
            figures.disturbed += proxy.happened() > before ? 1 : 0;
        } while (!answer.succeeded() && proxy.happened() > before && deploys < MOST_DEPLOYS);
        proxy.plan(List.of(), CuttingProxy.Hand.IDLE);
        databases.awaitNoSession(database);
        return new Ended(
                answer, databases.state(answer.succeeded(), database, HistoryTables.DEFAULT), deploys, disturbed);
    }

    private Answer deploy(
            CustomResource resource, TargetDatabase database, DrawnChangelog changelog, Map<String, String> more) {
        Map<String, Object> properties = new HashMap<>(more);
        properties.put("ChangelogFile", changelog.file());
        Map<String, Object> all = stage.properties(Databases.through(proxy.port(), database), properties);
        return resource.physicalResourceId().isPresent() ? resource.update(all) : resource.create(all);
    }

    private String compared(
            String which,
            DrawnChangelog changelog,
            Oracle oracle,
            Ended ended,
            CustomResource resource,
            TargetDatabase database) {
        String reason = ended.answer().reason();
        String told = "the %s one, after %d deploys; plain said: %s; function said: %s%n"
                .formatted(which, ended.deploys(), oracle.answer().failure(), reason);
        if (oracle.answer().ok() && !ended.answer().succeeded()) {
            if (!reason.contains("RestartChangeset")) {
                return "Only plain Liquibase succeeds: " + told;
            }
            figures.refused++;
            return restarted(changelog, oracle, ended, resource, database);
        }
        if (!oracle.answer().ok() && !ended.answer().succeeded() && reason.contains("RestartChangeset")) {
            // It was disturbed, and says so, before it came to the statement that fails.
            return "";
        }
        Set<String> reran = changelog.reran();
        Set<String> looking = ended.disturbed() ? changelog.looking() : Set.of();
        DatabaseState expected = oracle.state().overSeveralDeploys(reran, looking);
        DatabaseState actual = ended.state().overSeveralDeploys(reran, looking);
        return expected.differences(actual).isEmpty()
                ? ""
                : "It ends otherwise: " + told + expected.compared("plain", actual, "function");
    }

    // A refusal names the way out. A changeset that may be done twice ends there as with plain Liquibase, or changes
    // nothing. For any other changeset the reason asks the author to undo its statements first, which no test can do.
    private String restarted(
            DrawnChangelog changelog, Oracle oracle, Ended refused, CustomResource resource, TargetDatabase database) {
        Matcher name = CHANGESET.matcher(refused.answer().reason());
        if (!name.find()) {
            return "The refusal names no changeset: " + refused.answer().reason();
        }
        Answer again = deploy(resource, database, changelog, Map.of("RestartChangeset", name.group("name")));
        databases.awaitNoSession(database);
        if (!changelog.isRepeatable(name.group("name"))) {
            return "";
        }
        DatabaseState state = databases.state(again.succeeded(), database, HistoryTables.DEFAULT);
        if (!again.succeeded()) {
            return state.differences(refused.state()).isEmpty()
                    ? ""
                    : "Restarted, it fails (%s) and has changed something: %s"
                            .formatted(again.reason(), state.compared("restarted", refused.state(), "refused"));
        }
        Set<String> reran = changelog.reran();
        Set<String> looking = changelog.looking();
        DatabaseState expected = oracle.state().overSeveralDeploys(reran, looking);
        DatabaseState actual = state.overSeveralDeploys(reran, looking);
        return expected.differences(actual).isEmpty()
                ? ""
                : "Restarted, it ends otherwise: " + expected.compared("plain", actual, "function");
    }

    @Override
    public void close() {
        stage.close();
        proxy.close();
        plain.close();
        folders.close();
    }
}
