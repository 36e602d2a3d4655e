package io.github.cdkliquibase.benchmark;

import io.github.cdkliquibase.benchmark.scenario.Access;
import io.github.cdkliquibase.benchmark.scenario.Format;
import io.github.cdkliquibase.benchmark.scenario.Kind;
import io.github.cdkliquibase.benchmark.scenario.Memory;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** The options that choose scenarios. */
final class Selection {

    @Option(
            names = "--kinds",
            paramLabel = "KIND",
            split = ",",
            converter = KindConverter.class,
            description =
                    "'fresh': onto an empty database. 'no-op': everything is applied. 'one-more': one new changeset. Else all three.")
    private List<Kind> kinds = List.of();

    @Option(names = "--sizes", paramLabel = "COUNT", split = ",", description = "Numbers of changesets. Else 100,1000.")
    private List<Integer> sizes = List.of();

    @Option(
            names = "--formats",
            paramLabel = "FORMAT",
            split = ",",
            converter = FormatConverter.class,
            description = "'sql', 'yaml', 'xml'. Else sql.")
    private List<Format> formats = List.of();

    @Option(
            names = "--latencies",
            paramLabel = "MS",
            split = ",",
            description = "Milliseconds that are added to each round trip. Else 0.")
    private List<Integer> latencies = List.of();

    @Option(
            names = "--memory",
            paramLabel = "MB",
            split = ",",
            converter = MemoryConverter.class,
            description =
                    "Memory of a function in megabytes, whose share of the processors all contestants then get, or 'whole' for the whole machine. Else whole.")
    private List<Memory> memory = List.of();

    @Option(
            names = "--access",
            paramLabel = "WAY",
            split = ",",
            converter = AccessConverter.class,
            description =
                    "'password': with the password and without TLS. 'token': the zip with an IAM token, beside the floor with a password, both with TLS; never with added milliseconds. Else password.")
    private List<Access> access = List.of();

    boolean isEmpty() {
        return kinds.isEmpty()
                && sizes.isEmpty()
                && formats.isEmpty()
                && latencies.isEmpty()
                && memory.isEmpty()
                && access.isEmpty();
    }

    List<Kind> kinds() {
        return kinds.isEmpty() ? List.of(Kind.values()) : kinds;
    }

    List<Integer> sizes() {
        return sizes.isEmpty() ? Plan.DEFAULT_SIZES : sizes;
    }

    List<Format> formats() {
        return formats.isEmpty() ? List.of(Format.SQL) : formats;
    }

    List<Integer> latencies() {
        return latencies.isEmpty() ? List.of(0) : latencies;
    }

    List<Memory> memory() {
        return memory.isEmpty() ? List.of(Memory.WHOLE_MACHINE) : memory;
    }

    List<Access> access() {
        return access.isEmpty() ? List.of(Access.PASSWORD) : access;
    }

    // By the words that people read, which are not the names of the constants.
    private static <T> T byWord(T[] values, String word) {
        for (T value : values) {
            if (value.toString().equals(word)) {
                return value;
            }
        }
        throw new CommandLine.TypeConversionException("must be one of %s, got '%s'".formatted(List.of(values), word));
    }

    private static final class KindConverter implements CommandLine.ITypeConverter<Kind> {
        @Override
        public Kind convert(String word) {
            return byWord(Kind.values(), word);
        }
    }

    private static final class FormatConverter implements CommandLine.ITypeConverter<Format> {
        @Override
        public Format convert(String word) {
            return byWord(Format.values(), word);
        }
    }

    private static final class AccessConverter implements CommandLine.ITypeConverter<Access> {
        @Override
        public Access convert(String word) {
            return byWord(Access.values(), word);
        }
    }

    private static final class MemoryConverter implements CommandLine.ITypeConverter<Memory> {
        @Override
        public Memory convert(String word) {
            try {
                return Memory.parse(word);
            } catch (IllegalArgumentException e) {
                throw new CommandLine.TypeConversionException(e.getMessage());
            }
        }
    }
}
