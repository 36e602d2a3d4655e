package io.github.cdkliquibase.constructs.database;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What a database is for; its defaults follow from it. */
public enum DeploymentStage {
    /** Cheap and easily thrown away: pauses when nobody is connected, goes with the stack. */
    DEVELOPMENT,

    /** Never lost by accident: a reader stands by, deletion is protected, the last snapshot stays. */
    PRODUCTION;

    /** The stage in lower case, as paths and context values have it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The stage of this name.
     *
     * @throws IllegalArgumentException if there is none; the message says which there are
     */
    public static DeploymentStage of(String word) {
        return Arrays.stream(values())
                .filter(stage -> stage.word().equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("Stage must be one of %s, got '%s'"
                        .formatted(
                                Arrays.stream(values())
                                        .map(stage -> "'" + stage.word() + "'")
                                        .collect(Collectors.joining(", ")),
                                word)));
    }
}
