package io.github.cdkliquibase.lambda.changelog.execution;

import java.util.regex.Pattern;
import liquibase.changelog.DatabaseChangeLog;

/** The paths of changelog files in Liquibase's normal form: without {@code classpath:}, and with forward slashes. */
public final class ChangelogPath {

    /** A path that Liquibase would not change. It asks for a setting before it finds that out. */
    private static final Pattern NORMAL =
            Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]*(?:/[A-Za-z0-9_][A-Za-z0-9_.-]*)*");

    private ChangelogPath() {}

    /** The normal form of a path. */
    public static String normal(String path) {
        return NORMAL.matcher(path).matches() ? path : String.valueOf(DatabaseChangeLog.normalizePath(path));
    }
}
