package io.github.cdkliquibase.localdeploy.differential;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A changeset that was drawn by chance.
 *
 * @param attributes as formatted SQL has them, such as {@code runInTransaction:false}
 * @param precondition lines of formatted SQL in front of the statements; empty if there is none
 * @param statements one after the other
 * @param repeatable whether doing it twice leaves the same as doing it once
 */
record DrawnChangeset(
        String id, List<String> attributes, String precondition, List<String> statements, boolean repeatable) {

    DrawnChangeset {
        attributes = List.copyOf(attributes);
        statements = List.copyOf(statements);
    }

    boolean has(String attribute) {
        return attributes.contains(attribute);
    }

    /** Whether it may be executed more than once by Liquibase's own rules. */
    boolean isReran() {
        return has("runAlways:true") || has("runOnChange:true");
    }

    String sql() {
        return "--changeset ann:" + id
                + attributes.stream().map(each -> " " + each).collect(Collectors.joining())
                + " splitStatements:true\n" + precondition
                + statements.stream().map(each -> each + ";\n").collect(Collectors.joining());
    }

    /** The same as a changeset of a YAML file, each statement a change of its own. */
    String yaml() {
        String settings = attributes.stream()
                .map(each -> "      " + each.replace(":", ": ") + "\n")
                .collect(Collectors.joining());
        return "  - changeSet:\n      id: \"" + id + "\"\n      author: ann\n" + settings + "      changes:\n"
                + statements.stream()
                        .map(each -> "        - sql: { splitStatements: false, sql: \""
                                + each.replace("\\", "\\\\")
                                        .replace("\"", "\\\"")
                                        .replace("\n", "\\n") + "\" }\n")
                        .collect(Collectors.joining());
    }

    /** The same as a changeset of an XML file, each statement a change of its own. */
    String xml() {
        String settings = attributes.stream()
                .map(each -> " " + each.replaceFirst(":(.*)", "=\"$1\""))
                .collect(Collectors.joining());
        return "  <changeSet id=\"" + id + "\" author=\"ann\"" + settings + ">\n"
                + statements.stream()
                        .map(each -> "    <sql splitStatements=\"false\"><![CDATA[" + each + "]]></sql>\n")
                        .collect(Collectors.joining())
                + "  </changeSet>\n";
    }
}
