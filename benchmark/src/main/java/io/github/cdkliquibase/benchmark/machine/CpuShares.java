package io.github.cdkliquibase.benchmark.machine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Shares of the processors, given out by control groups of Linux: a process in a group runs for so many microseconds of each
 * period. Closing it removes the groups, which must have no process any more.
 */
public final class CpuShares implements AutoCloseable {

    /** Lambda's own period, as far as it can be measured from inside. */
    private static final int PERIOD_MICROS = 20_000;

    private static final Path ROOT = Path.of("/sys/fs/cgroup");

    private final Version version;
    private final Path parent;
    private final Map<Double, Path> groups = new HashMap<>();

    private enum Version {
        V1,
        V2
    }

    private CpuShares(Version version, Path parent) {
        this.version = version;
        this.parent = parent;
    }

    /** The shares of this machine; empty where this process may not make control groups for processors. */
    public static Optional<CpuShares> find() {
        for (CpuShares each : List.of(
                new CpuShares(Version.V2, ROOT),
                new CpuShares(Version.V1, ROOT.resolve("cpu,cpuacct")),
                new CpuShares(Version.V1, ROOT.resolve("cpu")))) {
            try {
                each.group(1);
                return Optional.of(each);
            } catch (IOException e) {
                each.close();
            }
        }
        return Optional.empty();
    }

    /**
     * The words in front of a command that start it in the group of a share and stay out of its way.
     *
     * @param processors the share; 1 is one whole processor
     */
    public List<String> launcher(double processors) {
        try {
            return List.of(
                    "/bin/sh",
                    "-c",
                    "echo $$ > \"$0\" && exec \"$@\"",
                    group(processors).resolve("cgroup.procs").toString());
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "Control group for %s processors could not be made".formatted(processors), e);
        }
    }

    private Path group(double processors) throws IOException {
        Path known = groups.get(processors);
        if (known != null) {
            return known;
        }
        if (version == Version.V2) {
            passOnProcessors();
        }
        long quota = Math.round(processors * PERIOD_MICROS);
        Path group = parent.resolve(String.format(
                Locale.ROOT, "benchmark-%d-%d", ProcessHandle.current().pid(), quota));
        Files.createDirectory(group);
        groups.put(processors, group);
        limit(group, quota);
        return group;
    }

    private void passOnProcessors() throws IOException {
        Path controllers = parent.resolve("cgroup.subtree_control");
        if (!List.of(Files.readString(controllers).strip().split(" ", -1)).contains("cpu")) {
            Files.writeString(controllers, "+cpu");
        }
    }

    private void limit(Path group, long quota) throws IOException {
        switch (version) {
            case V1 -> {
                Files.writeString(group.resolve("cpu.cfs_period_us"), Integer.toString(PERIOD_MICROS));
                Files.writeString(group.resolve("cpu.cfs_quota_us"), Long.toString(quota));
            }
            case V2 -> Files.writeString(group.resolve("cpu.max"), quota + " " + PERIOD_MICROS);
        }
    }

    @Override
    public void close() {
        for (Path group : new ArrayList<>(groups.values())) {
            try {
                Files.deleteIfExists(group);
            } catch (IOException e) {
                // A process of it still ends. An empty group costs nothing.
            }
        }
        groups.clear();
    }
}
