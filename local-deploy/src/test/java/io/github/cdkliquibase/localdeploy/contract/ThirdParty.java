package io.github.cdkliquibase.localdeploy.contract;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A row of the list of jars in the zip.
 *
 * @param versions more than one where another build has another version
 * @param names of the artifacts
 * @param licences as {@code EPL-2.0 or LGPL-2.1}, or {@code Apache-2.0; 5.0.4: FSL-1.1-ALv2}
 * @param day of the last look for known faults
 */
record ThirdParty(
        String group, List<String> versions, List<String> names, String licences, String day, String knownFaults) {

    /** With the empty cells at both ends. */
    private static final int COLUMNS = 8;

    ThirdParty {
        versions = List.copyOf(versions);
        names = List.copyOf(names);
    }

    static List<ThirdParty> all() throws IOException {
        return Artifact.text("THIRD-PARTY.md")
                .lines()
                .map(row -> row.split("\\s*\\|\\s*", -1))
                .filter(cells -> cells.length == COLUMNS && cells[1].startsWith("`"))
                .map(cells -> new ThirdParty(
                        withoutTicks(cells[1]),
                        List.of(cells[2].split(", ", -1)),
                        List.of(withoutTicks(cells[3]).split(" ", -1)),
                        cells[4],
                        cells[5],
                        cells[6]))
                .toList();
    }

    private static String withoutTicks(String cell) {
        return cell.replace("`", "");
    }

    /** The file names that the artifact may have in the zip. */
    List<String> fileNames(String name) {
        return versions.stream().map(version -> fileName(name, version)).toList();
    }

    private static String fileName(String name, String version) {
        return "%s-%s.jar".formatted(name, version);
    }

    /** Where a Maven repository has the jars of this row, by their file names. */
    Map<String, Path> places(Path repository) {
        Path folder = Stream.of(group.split("\\.", -1)).reduce(repository, Path::resolve, Path::resolve);
        Map<String, Path> places = new TreeMap<>();
        for (String name : names) {
            for (String version : versions) {
                String file = fileName(name, version);
                places.put(file, folder.resolve(name).resolve(version).resolve(file));
            }
        }
        return places;
    }
}
