package io.github.cdkliquibase.localdeploy.contract;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamWriteConstraints;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Makes an event that nobody should send out of a valid one. What it does depends on its random numbers alone. */
final class HostileEvents {

    private static final JsonFactory DEEP = JsonFactory.builder()
            .streamWriteConstraints(StreamWriteConstraints.builder()
                    .maxNestingDepth(Integer.MAX_VALUE)
                    .build())
            .build();
    // Sorted, because the properties of an event come in an order of chance.
    private static final JsonMapper JSON = JsonMapper.builder(DEEP)
            .enable(JsonNodeFeature.WRITE_PROPERTIES_SORTED)
            .build();
    /** What cannot be written as UTF-8, half a surrogate pair for one, arrives all the same. */
    private static final JsonMapper ESCAPED =
            JSON.rebuild().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    private static final String DROP = "drop table precious; --";

    private static final List<String> SHORT_TEXTS = List.of(
            "'; " + DROP,
            "\"; " + DROP,
            "$$; " + DROP,
            "$x$; " + DROP,
            "\\'; " + DROP,
            "public; " + DROP,
            "public\", \"pg_catalog",
            "public' || pg_sleep(60) || '",
            "E'\\\\'",
            "${note}",
            "${precious",
            "${jndi:ldap://127.0.0.1:1/x}",
            "%s%n%x%1$s",
            "{0}",
            "\\E(((",
            "$1",
            "\u0000",
            "public\u0000",
            "line\nbreak\r\n\tand tab",
            "next\u0085line\u2028separator\u2029paragraph",
            "\u001b[31mred\u0007",
            "\u202eright to left",
            "\ud800",
            "half \udc00 a pair",
            "\ud83d\ude00".repeat(50),
            "\ufeffpublic",
            "\ufffe\uffff",
            " ",
            "",
            "null",
            "true",
            "-1",
            "NaN",
            "99999999999999999999",
            "PUBLIC",
            "information_schema",
            "pg_catalog");

    private static final List<String> HOSTS = List.of(
            "h?sslmode=disable&socketFactory=x",
            "localhost?sslmode=disable",
            "localhost/precious?user=postgres",
            "localhost:5432",
            "localhost,localhost",
            "postgres@localhost",
            "localhost#",
            "localhost\\",
            "localhost ",
            "%6cocalhost",
            "[::1",
            "::1]:5432/x?a=b",
            "jdbc:postgresql://localhost/x",
            "//localhost",
            "localhost\n",
            "h".repeat(256));

    private static final List<String> PATHS = List.of(
            "../OUT/x.yaml",
            "../../../../../../etc/passwd",
            "OUTSIDE/x.yaml",
            "/etc/passwd",
            "//etc/passwd",
            "db/../../OUT/x.yaml",
            "db/changelog/..",
            "..\\OUT\\x.yaml",
            "%2e%2e/OUT/x.yaml",
            "..%2fOUT%2fx.yaml",
            "\u2025/OUT/x.yaml",
            "file:OUTSIDE/x.yaml",
            "file:///etc/passwd",
            "classpath:rds-ca.pem",
            "classpath*:rds-ca.pem",
            "jar:file:OUTSIDE/x.jar!/x.yaml",
            "http://127.0.0.1:1/x.yaml",
            "link.yaml",
            "linked/x.yaml",
            "linked",
            "ca.pem",
            "db",
            ".",
            "/",
            "C:\\x.yaml",
            "db/changelog/changes.sql\u0000.yaml",
            "~/x.yaml",
            "/proc/self/environ",
            "a/".repeat(2_000) + "x.yaml");

    private static final Map<String, List<String>> WORDS = Map.of(
            "RequestType",
            List.of("Destroy", "create", "CREATE", "Create ", "Delete;Create", "null"),
            "SslMode",
            List.of("allow", "prefer", "DISABLE", "disable", "require", "verify-ca"),
            "OnDelete",
            List.of("drop_all", "DROP", "SNAPSHOT"),
            "OnStackRollback",
            List.of("ROLLBACK", "UNDO", "keep"),
            "Engine",
            List.of("dsql", "mysql", "postgres"),
            "LockTimeout",
            List.of("PT0S", "-PT5S", "P1Y", "PT999999999999H", "PT0.0000001S", "5", "PT5S; " + DROP),
            "DeployedAt",
            List.of(
                    "2026-01-02",
                    "9999-99-99T00:00:00Z",
                    "+1000000000-12-31T23:59:59.999999999Z",
                    "-1000000000-01-01T00:00:00Z",
                    "1999-01-01T00:00:00Z",
                    "2026-01-02T00:00:00Z; " + DROP),
            "LabelFilter",
            List.of("v1 and (", "(((((", "!!!", "and or not", "v1 and !v2 or", ")", "v1,v2;"),
            "Contexts",
            List.of("prod and (", "prod,,", "!prod", "@prod", "none"),
            "Waiter",
            List.of("true", "maybe"));

    /** Every text for every property in which it could do harm. */
    private static final List<Target> TARGETS = Stream.of(
                    Stream.of("DefaultSchema", "LiquibaseSchema", "DatabaseName", "LabelFilter", "SecretArn", "note")
                            .flatMap(property -> targets(property, SHORT_TEXTS)),
                    Stream.of("ChangelogFile", "SslRootCert").flatMap(property -> targets(property, PATHS)),
                    targets("Host", HOSTS),
                    WORDS.entrySet().stream()
                            .sorted(Map.Entry.comparingByKey())
                            .flatMap(words -> targets(words.getKey(), words.getValue())))
            .flatMap(targets -> targets)
            .toList();

    private record Target(String property, String text) {}

    private final RandomGenerator random;
    private final UnaryOperator<String> places;
    private final List<String> done = new ArrayList<>();

    /**
     * A mutator.
     *
     * @param places puts the paths of this run into a text
     */
    HostileEvents(RandomGenerator random, UnaryOperator<String> places) {
        this.random = random;
        this.places = places;
    }

    private static Stream<Target> targets(String property, List<String> texts) {
        return texts.stream().map(text -> new Target(property, text));
    }

    /** What was done to the event, in words. */
    String description() {
        return String.join(", then ", done);
    }

    /** The event after one, two or three mutations. */
    String mutated(String event) {
        ObjectNode tree = tree(event);
        int mutations = pick(List.of(1, 1, 1, 1, 2, 2, 3));
        int ofText = chance(8) ? 1 : 0;
        for (int i = ofText; i < mutations; i++) {
            mutate(tree);
        }
        String text = write(tree);
        return ofText == 0 ? text : mutatedText(text);
    }

    /** The event with one property set to one of the texts that could do harm there; there are fewer than 400. */
    String aimed(String event, int number) {
        Target target = TARGETS.get(number % TARGETS.size());
        return with(event, target.property(), places.apply(target.text()));
    }

    private String with(String event, String name, String value) {
        ObjectNode tree = tree(event);
        ObjectNode properties = (ObjectNode) tree.path("ResourceProperties");
        ObjectNode parameters = (ObjectNode) properties.path("Parameters");
        (tree.has(name) ? tree : parameters.has(name) ? parameters : properties).put(name, value);
        done.add("set " + name + " to " + shown(value));
        return write(tree);
    }

    private static ObjectNode tree(String event) {
        try {
            return (ObjectNode) JSON.readTree(event);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("Not a valid event: " + event, e);
        }
    }

    private String write(ObjectNode tree) {
        try {
            return (random.nextBoolean() ? ESCAPED : JSON).writeValueAsString(tree);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Event cannot be written", e);
        }
    }

    private void mutate(ObjectNode tree) {
        ObjectNode place = place(tree);
        List<String> names = new ArrayList<>();
        place.fieldNames().forEachRemaining(names::add);
        names.sort(null);
        if (names.isEmpty()) {
            place.put("x", "y");
            done.add("added a field to nothing");
            return;
        }
        String name = pick(names);
        switch (random.nextInt(10)) {
            case 0 -> {
                place.remove(name);
                done.add("dropped " + name);
            }
            case 1 -> {
                String renamed = renamed(name);
                place.set(renamed, place.remove(name));
                done.add("renamed " + name + " to " + shown(renamed));
            }
            case 2, 3 -> {
                JsonNode odd = odd(name);
                place.set(name, odd);
                done.add("set " + name + " to " + described(odd));
            }
            case 4 -> {
                String unknown = pick(SHORT_TEXTS);
                place.set(unknown, odd(unknown));
                done.add("added " + shown(unknown));
            }
            default -> {
                String text = text(name);
                place.put(name, text);
                done.add("set " + name + " to " + shown(text));
            }
        }
    }

    // The event itself, its properties, the old ones, or the parameters: properties most of all.
    private ObjectNode place(ObjectNode tree) {
        JsonNode place = switch (random.nextInt(10)) {
            case 0, 1, 2 -> tree;
            case 3 -> tree.path("OldResourceProperties");
            case 4, 5 -> tree.path("ResourceProperties").path("Parameters");
            default -> tree.path("ResourceProperties");
        };
        return place instanceof ObjectNode object ? object : tree;
    }

    private String renamed(String name) {
        return switch (random.nextInt(5)) {
            case 0 -> name + "s";
            case 1 -> name.toLowerCase(Locale.ROOT);
            case 2 -> " " + name;
            case 3 -> name + "\u200b";
            default -> "x".repeat(random.nextInt(10_000)) + name;
        };
    }

    private String text(String name) {
        return switch (name) {
            case "Host" -> pick(HOSTS);
            case "ChangelogFile", "SslRootCert" -> places.apply(pick(PATHS));
            case "ResponseURL" ->
                pick(List.of("", "x", "...", "ftp://127.0.0.1/x", "file:///tmp/x", "http:", "http://a b/", "\u0000"));
            case "ServiceToken" ->
                pick(List.of(
                        "",
                        "arn:aws:lambda:eu-central-1:111122223333:function:another",
                        "arn:aws:lambda:eu-central-1:111122223333:function:db-migration:7",
                        "'; " + DROP));
            case "PhysicalResourceId" ->
                pick(List.of(
                        "",
                        " ",
                        "someone-elses-id",
                        "x".repeat(2_000),
                        "\u00e9".repeat(500),
                        "\ud800-id",
                        pick(SHORT_TEXTS)));
            default ->
                WORDS.containsKey(name) && random.nextBoolean()
                        ? pick(WORDS.getOrDefault(name, List.of()))
                        : chance(12) ? hugeText() : pick(SHORT_TEXTS);
        };
    }

    private String hugeText() {
        int length = 100_000 + random.nextInt(900_000);
        String unit = pick(List.of("x", "'", "\"", "\\", "\u0001", "\u00e9", "(", "a ", "${a}", "../", "\n", "and "));
        return unit.repeat(length / unit.length());
    }

    private JsonNode odd(String name) {
        List<JsonNode> shapes = List.of(
                NullNode.instance,
                JsonNodeFactory.instance.arrayNode(),
                JsonNodeFactory.instance.objectNode(),
                JsonNodeFactory.instance.arrayNode().add(pick(SHORT_TEXTS)),
                JsonNodeFactory.instance
                        .objectNode()
                        .set("a", JsonNodeFactory.instance.objectNode().put("b", 1)),
                nested(pick(List.of(20, 400, 990, 2_000))),
                manyFields());
        // Any of these would be the name of a host, and looked for until the time is up.
        List<JsonNode> scalars = name.equals("Host")
                ? List.of()
                : List.of(
                        BooleanNode.TRUE,
                        BooleanNode.FALSE,
                        IntNode.valueOf(0),
                        IntNode.valueOf(-1),
                        LongNode.valueOf(Long.MAX_VALUE),
                        DecimalNode.valueOf(new BigDecimal("1e400")),
                        DecimalNode.valueOf(new BigDecimal("1.5")),
                        BigIntegerNode.valueOf(BigInteger.TEN.pow(900)),
                        BigIntegerNode.valueOf(BigInteger.TEN.pow(1_200)));
        return pick(Stream.concat(shapes.stream(), scalars.stream()).toList());
    }

    private static JsonNode nested(int depth) {
        JsonNode node = TextNode.valueOf("deep");
        for (int i = 0; i < depth; i++) {
            ArrayNode array = JsonNodeFactory.instance.arrayNode();
            node = i % 2 == 0
                    ? array.add(node)
                    : JsonNodeFactory.instance.objectNode().set("n", node);
        }
        return node;
    }

    private static ObjectNode manyFields() {
        ObjectNode many = JsonNodeFactory.instance.objectNode();
        for (int i = 0; i < 2_000; i++) {
            many.put("name" + i, "value of " + i);
        }
        return many;
    }

    private String mutatedText(String text) {
        int kind = random.nextInt(9);
        done.add(List.of(
                        "cut it",
                        "emptied it",
                        "replaced it",
                        "appended to it",
                        "prepended to it",
                        "changed a character",
                        "wrote a field first",
                        "wrote a field last",
                        "put it into an array")
                .get(kind));
        return switch (kind) {
            case 0 -> text.substring(0, random.nextInt(text.length()));
            case 1 -> pick(List.of("", " ", "\n"));
            case 2 -> pick(List.of("[]", "\"x\"", "null", "{}", "7", "true", "'", "{", "\u0000", "[".repeat(100_000)));
            case 3 -> text + pick(List.of("}", "x", "{}", "\u0000", text));
            case 4 -> pick(List.of("\ufeff", "\u0000", ")]}',\n", "//\n", ",")) + text;
            case 5 -> {
                int at = random.nextInt(text.length());
                // Another host would be looked for, or asked for several times.
                int url = text.indexOf("http://");
                at = at >= url && at <= text.indexOf('"', url) ? 0 : at;
                yield text.substring(0, at) + (char) random.nextInt(0x250) + text.substring(at + 1);
            }
            case 6 -> "{" + (chance(2) ? duplicate() : oversized()) + "," + text.substring(1);
            case 7 -> text.substring(0, text.length() - 1) + "," + (chance(2) ? duplicate() : oversized()) + "}";
            default -> "[" + text + "]";
        };
    }

    private String duplicate() {
        String name = pick(List.of(
                "RequestType", "ResponseURL", "StackId", "PhysicalResourceId", "ResourceProperties", "ServiceToken"));
        return "\"" + name + "\":" + pick(List.of("null", "{}", "[]", "7", "\"\"", "\"Delete\"", "\"x\""));
    }

    private String oversized() {
        return switch (random.nextInt(3)) {
            case 0 -> "\"" + "n".repeat(60_000) + "\":1";
            case 1 -> "\"x\":" + "[".repeat(2_000) + "]".repeat(2_000);
            default -> "\"x\":" + "9".repeat(2_000);
        };
    }

    private boolean chance(int oneIn) {
        return random.nextInt(oneIn) == 0;
    }

    private <T> T pick(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    private static String described(JsonNode odd) {
        return odd.isValueNode() ? shown(odd.asText()) : odd.getNodeType() + " of " + odd.size();
    }

    private static String shown(String text) {
        return shown(text, 60);
    }

    /** The beginning of a text, in characters that no terminal and no report takes for more than themselves. */
    static String shown(String text, int most) {
        String printable = text.chars()
                .limit(most)
                .mapToObj(each -> each == '\n' || (each >= ' ' && each <= '~')
                        ? String.valueOf((char) each)
                        : "\\u%04x".formatted(each))
                .collect(Collectors.joining());
        return text.length() <= most ? printable : printable + "... (" + text.length() + " characters)";
    }
}
