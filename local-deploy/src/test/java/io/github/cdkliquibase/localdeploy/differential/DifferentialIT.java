package io.github.cdkliquibase.localdeploy.differential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.cdkliquibase.localdeploy.differential.CasePlayer.Played;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every case with plain Liquibase, both versions, and with the zip. {@code -Ddifferential.cases} names another folder of
 * cases, {@code -Ddifferential.case} a pattern for their names, {@code -Ddifferential.plain} the versions of plain Liquibase.
 */
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class DifferentialIT {

    static final Path CASES = Path.of(System.getProperty("differential.cases", "src/test/resources/differential"));

    /** Each has a server and processes of its own; some cases mostly wait. */
    private static final int PLAYERS = 2;

    private final Map<String, Played> byFunction = new ConcurrentHashMap<>();
    private final BlockingQueue<CasePlayer> players = new LinkedBlockingQueue<>();

    @BeforeAll
    void start() {
        IntStream.range(0, PLAYERS).forEach(i -> players.add(new CasePlayer()));
    }

    @AfterAll
    void stop() {
        players.forEach(CasePlayer::close);
    }

    static Stream<Arguments> cases() {
        Pattern name = Pattern.compile(System.getProperty("differential.case", ""));
        return DifferentialCase.in(CASES).stream()
                .filter(each -> name.matcher(each.name()).find())
                .flatMap(each -> PlainLiquibase.VERSIONS.stream().map(version -> arguments(each, version)));
    }

    @ParameterizedTest(name = "{0} with Liquibase {1}")
    @MethodSource("cases")
    @Execution(ExecutionMode.CONCURRENT)
    void theFunctionEndsAsPlainLiquibaseDoes(DifferentialCase played, String version) throws InterruptedException {
        CasePlayer player = players.take();
        try {
            compare(player, played, version);
        } finally {
            players.add(player);
        }
    }

    private void compare(CasePlayer player, DifferentialCase played, String version) {
        Played plain = player.withPlain(played, version);
        Played ours = played.isByFunctionAlone()
                ? byFunction.computeIfAbsent(played.name(), name -> player.withFunction(played, version))
                : player.withFunction(played, version);

        List<String> faults = Verdict.faults(played, version, plain, ours);

        assertThat(faults)
                .as(
                        "Case '%s' with Liquibase %s (%s)%nplain said: %s%nfunction said: %s",
                        played.name(), version, played.what(), plain.told(), ours.told())
                .isEmpty();
    }

    @Test
    void plainLiquibaseIsOfTheVersionsAsTheyAreReleased() {
        for (String version : PlainLiquibase.VERSIONS) {
            assertThat(PlainLiquibase.jars(version))
                    .contains("liquibase-core-" + version + ".jar")
                    .noneMatch(
                            jar -> jar.startsWith("liquibase-") && !jar.equals("liquibase-core-" + version + ".jar"));
        }
    }
}
