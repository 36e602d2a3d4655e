package io.github.cdkliquibase.localdeploy.differential;

import io.github.cdkliquibase.stage.scratch.ScratchFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/** A product whose changelog is published in a jar. */
enum Product {
    CAMUNDA("org/camunda/bpm/engine/db/liquibase/camunda-changelog.xml", 18),
    GRAVITEE("liquibase/master.yml", 49),
    CONCORD("com/walmartlabs/concord/server/db/liquibase.xml", 300),
    XS2A("master.xml", 290),
    /** Its own code puts the masters of its parts together, so there is a root of ours. */
    CORDA("corda.yaml", 100),
    KEYCLOAK("META-INF/jpa-changelog-master.xml", 120);

    private static final Path JARS = Path.of(System.getProperty("localdeploy.products"));
    private static final Pattern CUSTOM = Pattern.compile(
            "<(?:\\w+:)?customChange\\s+class=\"(?<name>[\\w.$]+)\"\\s*(?:/>|>(?<body>.*?)</)", Pattern.DOTALL);
    private static final Pattern PARAMETER = Pattern.compile("<(?:\\w+:)?param\\s+name=\"(?<name>\\w+)\"");

    private static final List<String> PARTS_OF_CORDA = List.of("common", "node-info", "vault-schema", "node-core");

    private final String root;
    private final int atLeast;

    Product(String root, int atLeast) {
        this.root = root;
        this.atLeast = atLeast;
    }

    String root() {
        return root;
    }

    /** How many changesets it has for PostgreSQL, at the least. */
    int atLeast() {
        return atLeast;
    }

    /** Parameters that the product's own code would set. */
    Map<String, String> parameters() {
        return this == CONCORD ? Map.of("secretStoreSalt", "c2FsdA==", "serverPassword", "cGFzc3dvcmQ=") : Map.of();
    }

    /** What a superuser has to do before it is deployed. */
    String preparation() {
        return this == CONCORD
                ? "create extension \"uuid-ossp\"; create extension pgcrypto; create extension pg_trgm"
                : "select 1";
    }

    /** Puts its files into a folder. */
    void unpack(Path folder) {
        ScratchFolder.unzip(jar(), folder);
        if (this == CORDA) {
            try {
                Files.writeString(
                        folder.resolve(root),
                        PARTS_OF_CORDA.stream()
                                .map("  - include: { file: migration/%s.changelog-master.xml }\n"::formatted)
                                .collect(Collectors.joining("", "databaseChangeLog:\n", "")));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private Path jar() {
        Path own = JARS.resolve(name().toLowerCase(Locale.ROOT) + ".jar");
        if (Files.exists(own)) {
            return own;
        }
        URL url = Objects.requireNonNull(Product.class.getClassLoader().getResource(root));
        String path = url.getPath();
        return Path.of(path.substring("file:".length(), path.indexOf('!')));
    }

    /**
     * Jars with its custom changes: stand-ins that do nothing. The real ones move rows that a new database does not have, and
     * want the whole product around them.
     */
    List<Path> customChanges(Path folder, Path scratch) {
        Map<String, Set<String>> changes = customChanges(folder);
        if (changes.isEmpty()) {
            return List.of();
        }
        try {
            Path sources = scratch.resolve("sources");
            Path classes = Files.createDirectories(scratch.resolve("classes"));
            List<String> files = new ArrayList<>();
            for (Map.Entry<String, Set<String>> change : changes.entrySet()) {
                Path source = sources.resolve(change.getKey().replace('.', '/') + ".java");
                Files.createDirectories(source.resolveSibling("."));
                Files.writeString(source, standIn(change.getKey(), change.getValue()));
                files.add(source.toString());
            }
            JavaCompiler compiler = Objects.requireNonNull(ToolProvider.getSystemJavaCompiler(), "this is no JDK");
            List<String> arguments = new ArrayList<>(List.of(
                    "--release",
                    "21",
                    "-proc:none",
                    "-nowarn",
                    "-d",
                    classes.toString(),
                    "-cp",
                    System.getProperty("java.class.path")));
            arguments.addAll(files);
            if (compiler.run(null, null, null, arguments.toArray(String[]::new)) != 0) {
                throw new IllegalStateException("The stand-ins of %s do not compile".formatted(this));
            }
            return List.of(jar(classes, scratch.resolve("custom-changes.jar")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // Names of the classes, and of their parameters.
    private static Map<String, Set<String>> customChanges(Path folder) {
        Map<String, Set<String>> found = new TreeMap<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith(".xml")).toList()) {
                Matcher change = CUSTOM.matcher(Files.readString(file));
                while (change.find()) {
                    Set<String> parameters = found.computeIfAbsent(change.group("name"), name -> new TreeSet<>());
                    Matcher parameter = PARAMETER.matcher(Objects.requireNonNullElse(change.group("body"), ""));
                    while (parameter.find()) {
                        parameters.add(parameter.group("name"));
                    }
                }
            }
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String standIn(String name, Set<String> parameters) {
        int dot = name.lastIndexOf('.');
        return """
                package %s;
                public class %s implements liquibase.change.custom.CustomTaskChange {
                    public void execute(liquibase.database.Database database) {}
                    public String getConfirmationMessage() { return "nothing to do"; }
                    public void setUp() {}
                    public void setFileOpener(liquibase.resource.ResourceAccessor files) {}
                    public liquibase.exception.ValidationErrors validate(liquibase.database.Database database) { return null; }
                %s}
                """.formatted(
                        name.substring(0, dot),
                        name.substring(dot + 1),
                        parameters.stream()
                                .map(each -> "    public void set%s(String value) {}\n"
                                        .formatted(each.substring(0, 1).toUpperCase(Locale.ROOT) + each.substring(1)))
                                .collect(Collectors.joining()));
    }

    private static Path jar(Path classes, Path jar) throws IOException {
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(jar));
                Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                zip.putNextEntry(new ZipEntry(classes.relativize(file).toString()));
                Files.copy(file, zip);
            }
        }
        return jar;
    }
}
