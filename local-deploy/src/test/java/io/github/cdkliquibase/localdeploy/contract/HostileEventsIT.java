package io.github.cdkliquibase.localdeploy.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.cdkliquibase.stage.cloudformation.Answer;
import io.github.cdkliquibase.stage.cloudformation.CustomResource;
import io.github.cdkliquibase.stage.cloudformation.CustomResourceEvent;
import io.github.cdkliquibase.stage.cloudformation.RecordedRequest;
import io.github.cdkliquibase.stage.cloudformation.RequestType;
import io.github.cdkliquibase.stage.database.EmbeddedDatabase;
import io.github.cdkliquibase.stage.function.FunctionSettings;
import io.github.cdkliquibase.stage.function.Invocation;
import io.github.cdkliquibase.stage.scratch.ScratchFolder;
import java.io.IOException;
import java.nio.charset.CharsetEncoder;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Events that nobody should send: each is answered once by the same process, shows no secret, and runs nothing that is
 * not in the changelog. Half of them set one text where it could do harm, half are random.
 *
 * <p>{@code -Dhostile.seed} and {@code -Dhostile.events} make others and more of them.
 */
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class HostileEventsIT {

    private static final long SEED = Long.getLong("hostile.seed", 20_261_120L);
    private static final int EVENTS = Integer.getInteger("hostile.events", 1_000);
    private static final int FIRST = Integer.getInteger("hostile.first", 0);

    /** Without the bounds that a reader has: what it refuses for them can be answered all the same. */
    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(Integer.MAX_VALUE)
                            .maxNumberLength(Integer.MAX_VALUE)
                            .maxNameLength(Integer.MAX_VALUE)
                            .build())
                    .build())
            .build();

    private static final int MOST_FAILURES = 5;
    private static final int SHOWN = 4_000;
    private static final int LONGEST_REASON = 1_024;
    private static final int LONGEST_ANSWER = 4_095;
    /** What an event's own ids may take, so that an answer that repeats them still fits with every reason. */
    private static final int IDS = 2_400;

    private static final String SIGNATURE = "X-Amz-Signature";
    private static final String PARAMETER = "hush-hush-parameter";

    private static final String STATE = """
            select (select string_agg(schemaname || '.' || tablename, ' ' order by schemaname, tablename)
                      from pg_tables where schemaname !~ '^(pg_|information_schema)'),
                   (select string_agg(nspname, ' ' order by nspname) from pg_namespace where nspname !~ '^pg_'),
                   (select count(*) from pg_proc where pronamespace = 'public'::regnamespace),
                   (select string_agg(datname, ' ' order by datname) from pg_database),
                   (select string_agg(rolname, ' ' order by rolname) from pg_roles),
                   (select string_agg(note, ' ') from precious)
            """;

    private EmbeddedDatabase database;
    private Connection observer;
    private ScratchFolder outside;

    @BeforeAll
    void start() throws SQLException, IOException {
        database = EmbeddedDatabase.start();
        Stage.execute(database, "create table precious (note text); insert into precious values ('still here')");
        observer = database.connect();
        outside = ScratchFolder.create("out");
        Files.writeString(
                outside.resolve("x.yaml"),
                "databaseChangeLog: [ changeSet: { id: 1, author: eve, changes: [ sql: { sql: create table intruder () } ] } ]");
    }

    @AfterAll
    void stop() throws SQLException {
        observer.close();
        outside.close();
        database.close();
    }

    @Test
    void theFunctionItselfAnswersEachOnce() throws Exception {
        try (Stage stage = Stage.direct(HostileEventsIT::settings)) {
            assertAll(stage, true);
        }
    }

    @Test
    void behindAProviderEachIsAnsweredOnce() throws Exception {
        try (Stage stage = Stage.behindProvider(HostileEventsIT::settings)) {
            assertAll(stage, false);
        }
    }

    private static FunctionSettings settings(FunctionSettings plain) {
        return plain.withTimeout(Duration.ofSeconds(6));
    }

    private void assertAll(Stage stage, boolean direct) throws IOException, SQLException {
        stage.sql("""
                --changeset ann:1 context:prod labels:v1
                create table if not exists t (note text);
                --changeset ann:2
                comment on table t is '${note}';
                """);
        Files.createSymbolicLink(stage.changelogs().resolve("link.yaml"), outside.resolve("x.yaml"));
        Files.createSymbolicLink(stage.changelogs().resolve("linked"), outside.path());
        stage.canary(PARAMETER);
        CustomResource resource = stage.resource();
        Map<String, Object> properties = properties(stage);
        stage.warmUp(properties);
        Answer valid = resource.create(properties);
        assertThat(valid.succeeded()).as(valid.reason()).isTrue();
        String state = state();

        List<String> failures = new ArrayList<>();
        for (int number = FIRST; number < FIRST + EVENTS / 2 && failures.size() < MOST_FAILURES; number++) {
            // Each number has random numbers of its own, so that it can be repeated alone.
            RandomGenerator random = new SplittableRandom(SEED * 1_000_003 + number * 2L + (direct ? 1 : 0));
            HostileEvents hostile = new HostileEvents(random, this::placed);
            boolean aimed = number % 2 == 0;
            String base =
                    aimed ? resource.event(RequestType.CREATE, properties).json() : base(random, resource, properties);
            String event = aimed ? hostile.aimed(base, number + (direct ? 1 : 0)) : hostile.mutated(base);
            try {
                new Case(stage, direct, base, event).assertAnsweredOnce();
                assertThat(state())
                        .as("tables, schemas, functions, databases, roles and the row")
                        .isEqualTo(state);
            } catch (AssertionError | SQLException e) {
                failures.add("""
                        Event %d of seed %d, %s (repeat it with -Dhostile.seed=%2$d -Dhostile.first=%1$d -Dhostile.events=2): %s
                        %s
                        %s""".formatted(
                                number,
                                SEED,
                                direct ? "direct" : "behind a provider",
                                hostile.description(),
                                HostileEvents.shown(event, SHOWN),
                                HostileEvents.shown(String.valueOf(e.getMessage()), SHOWN)));
            }
        }
        assertThat(failures).isEmpty();
        assertThat(stage.function.coldStarts()).as("processes").isEqualTo(1);
        assertThat(resource.update(properties).succeeded())
                .as("the next valid event")
                .isTrue();
        stage.nothingLeaked();
    }

    private Map<String, Object> properties(Stage stage) {
        return stage.properties(
                database,
                Map.ofEntries(
                        Map.entry("DeployedAt", "2026-01-02T00:00:00Z"),
                        Map.entry("ChangelogHash", "b5bb9d8014a0f9b1d61e21e796d78dcc"),
                        Map.entry("ChangelogFile", Stage.MASTER),
                        Map.entry("Host", database.host()),
                        Map.entry("Port", database.port()),
                        Map.entry("DatabaseName", database.databaseName()),
                        Map.entry("Engine", "postgresql"),
                        Map.entry("Contexts", "prod"),
                        Map.entry("LabelFilter", "v1 or v2"),
                        Map.entry("DefaultSchema", "public"),
                        Map.entry("LiquibaseSchema", "public"),
                        Map.entry("Parameters", Map.of("note", PARAMETER, "size", "3")),
                        Map.entry("LockTimeout", "PT1S"),
                        Map.entry("OnStackRollback", "KEEP"),
                        Map.entry("OnDelete", "RETAIN"),
                        Map.entry("Lint", "OFF"),
                        Map.entry("Waiter", "false")));
    }

    private static String base(RandomGenerator random, CustomResource resource, Map<String, Object> properties) {
        return switch (random.nextInt(10)) {
            case 0, 1 -> resource.event(RequestType.UPDATE, properties).json();
            case 2 -> resource.event(RequestType.DELETE, properties).json();
            case 3 -> {
                Map<String, Object> older = new HashMap<>(properties);
                older.put("DeployedAt", "2026-01-01T00:00:00Z");
                yield resource.event(RequestType.UPDATE, older).json();
            }
            case 4 -> {
                Map<String, Object> dropping = new HashMap<>(properties);
                dropping.put("OnDelete", "DROP_ALL");
                CustomResourceEvent ours = resource.event(RequestType.DELETE, dropping);
                yield ours.json().replace(Objects.requireNonNull(ours.physicalResourceId()), "someone-elses-id");
            }
            default -> resource.event(RequestType.CREATE, properties).json();
        };
    }

    private String placed(String path) {
        return path.replace("OUTSIDE", outside.path().toString())
                .replace("OUT", String.valueOf(outside.path().getFileName()));
    }

    private String state() throws SQLException {
        try (Statement statement = observer.createStatement();
                ResultSet row = statement.executeQuery(STATE)) {
            row.next();
            List<String> columns = new ArrayList<>();
            for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                columns.add(row.getString(i));
            }
            return String.join(" | ", columns);
        }
    }

    /** One event, and what is owed for it. */
    private static final class Case {

        private final Stage stage;
        private final boolean direct;
        private final String responseUrl;
        private final String event;
        private final Map<String, Object> fields = new HashMap<>();
        private final boolean isBroken;

        Case(Stage stage, boolean direct, String base, String event) {
            this.stage = stage;
            this.direct = direct;
            Map<String, Object> fieldsOfBase = new HashMap<>();
            assertThat(isObject(base, fieldsOfBase)).as(base).isTrue();
            this.responseUrl = String.valueOf(fieldsOfBase.get("ResponseURL"));
            this.event = event;
            this.isBroken = !isObject(event, fields);
        }

        // Reads the fields of an event. Of a broken event it reads those before the fault.
        private static boolean isObject(String event, Map<String, Object> fields) {
            try (JsonParser parser = JSON.createParser(event.getBytes(UTF_8))) {
                if (parser.nextToken() != JsonToken.START_OBJECT) {
                    return false;
                }
                while (parser.nextToken() == JsonToken.FIELD_NAME) {
                    String name = parser.currentName();
                    parser.nextToken();
                    fields.put(name, parser.readValueAs(Object.class));
                }
                return true;
            } catch (IOException e) {
                return false;
            }
        }

        void assertAnsweredOnce() {
            int processes = stage.function.coldStarts();
            int lines = stage.function.output().size();
            int uploads = stage.bucket.uploads().size();

            Invocation invocation = stage.invoke(event);

            List<String> log = stage.function.output();
            assertThat(String.join("\n", log.subList(lines, log.size())) + invocation.payload())
                    .doesNotContain(SIGNATURE, PARAMETER);
            assertThat(stage.function.coldStarts()).as("processes").isEqualTo(processes);
            List<RecordedRequest> answers = stage.bucket
                    .uploads()
                    .subList(uploads, stage.bucket.uploads().size());
            switch (invocation) {
                case Invocation.Success success when direct -> assertAnswer(answers);
                case Invocation.Success success -> assertResult(success.response(), answers);
                case Invocation.FunctionError error -> assertError(error, answers);
                case Invocation.Exited exited -> throw new AssertionError("The process ended: " + exited);
                case Invocation.TimedOut timedOut -> throw new AssertionError("Not answered in time: " + timedOut);
            }
        }

        private void assertAnswer(List<RecordedRequest> answers) {
            assertThat(isForThisDoor()).as("meant for this door").isTrue();
            assertThat(answers).as("answers").singleElement().satisfies(upload -> {
                assertThat(upload.accepted()).isTrue();
                assertThat(upload.size()).isLessThanOrEqualTo(LONGEST_ANSWER);
                JsonNode answer = JSON.readTree(upload.body());
                assertThat(answer.path("Status").asText()).isIn(isBroken ? "FAILED" : "SUCCESS", "FAILED");
                if (answer.path("Status").asText().equals("FAILED")) {
                    assertReason(answer.path("Reason").asText());
                }
                for (String id : List.of("StackId", "RequestId", "LogicalResourceId")) {
                    if (isText(id)) {
                        assertThat(answer.path(id).asText()).as(id).isEqualTo(text(id));
                    }
                }
                assertId(answer.path("PhysicalResourceId").asText());
            });
        }

        private void assertResult(String response, List<RecordedRequest> answers) {
            assertThat(answers).as("answers to the response URL").isEmpty();
            assertThat(isBroken).as("broken, and executed").isFalse();
            assertThat(isForThisDoor()).as("meant for this door").isTrue();
            JsonNode result;
            try {
                result = JSON.readTree(response);
            } catch (JsonProcessingException e) {
                throw new AssertionError("The result is no JSON", e);
            }
            assertId(result.path("PhysicalResourceId").asText());
            assertThat(result.path("Data").isObject()).as(response).isTrue();
            if (ids() <= IDS) {
                assertThat(response.getBytes(UTF_8).length).isLessThanOrEqualTo(LONGEST_ANSWER);
            }
        }

        private void assertError(Invocation.FunctionError error, List<RecordedRequest> answers) {
            assertThat(answers).as("answers to the response URL").noneMatch(RecordedRequest::accepted);
            assertThat(error.errorType()).as(error.raw()).startsWith("io.github.cdkliquibase.lambda.");
            assertReason(error.errorMessage());
            assertThat(error.raw().getBytes(UTF_8).length).isLessThanOrEqualTo(LONGEST_ANSWER);
            if (direct) {
                assertThat(isForThisDoor() && isSigned() && ids() <= IDS)
                        .as("could have been answered; but: %s", error.errorMessage())
                        .isFalse();
            }
        }

        private static void assertReason(String reason) {
            // What keeps a run busy for ever keeps every later event of the process waiting.
            assertThat(reason).isNotBlank().doesNotContain("could not be stopped");
            assertThat(reason.getBytes(UTF_8).length)
                    .as("bytes of '%s'", reason)
                    .isLessThanOrEqualTo(LONGEST_REASON);
            assertThat(reason.codePoints()
                            .filter(HostileEventsIT::endsOrControlsALine)
                            .boxed())
                    .as("control characters and line ends in '%s'", reason)
                    .isEmpty();
        }

        private void assertId(String id) {
            if (isText("PhysicalResourceId")) {
                assertThat(id).as("PhysicalResourceId").isEqualTo(text("PhysicalResourceId"));
            } else {
                assertThat(id).as("PhysicalResourceId").isNotEmpty();
            }
        }

        // A broken event is for this function only if its token, in front of the fault, says so.
        private boolean isForThisDoor() {
            if (isBroken && !(fields.get("ServiceToken") instanceof String)) {
                return false;
            }
            Object token = fields.get("ServiceToken");
            if (!(token instanceof String text && !text.isEmpty())
                    && fields.get("ResourceProperties") instanceof Map<?, ?> properties) {
                token = properties.get("ServiceToken");
            }
            boolean isText = token instanceof String text && !text.isEmpty();
            boolean ours = stage.function.arn().equals(token);
            return direct ? ours || !isText : !ours;
        }

        private boolean isSigned() {
            return text("ResponseURL").equals(responseUrl);
        }

        private int ids() {
            int bytes = 0;
            for (String id : List.of("StackId", "RequestId", "LogicalResourceId", "PhysicalResourceId")) {
                bytes += text(id).getBytes(UTF_8).length;
            }
            return bytes;
        }

        private String text(String field) {
            return fields.get(field) instanceof String text ? text : "";
        }

        // A text that can be repeated: half a surrogate pair cannot be written as UTF-8.
        private boolean isText(String field) {
            CharsetEncoder utf8 = UTF_8.newEncoder();
            return !text(field).isEmpty() && utf8.canEncode(text(field));
        }
    }

    private static boolean endsOrControlsALine(int codePoint) {
        return Character.isISOControl(codePoint)
                || Character.getType(codePoint) == Character.LINE_SEPARATOR
                || Character.getType(codePoint) == Character.PARAGRAPH_SEPARATOR;
    }
}
