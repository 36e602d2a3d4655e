package io.github.cdkliquibase.lambda.engine;

import java.util.Map;
import java.util.Set;

/**
 * What the statements of a changelog have changed in their session, and what later statements may rely on.
 *
 * @param role of {@code SET ROLE}; {@code none} if there is none
 * @param settings of the server, by name, that differ from those of the run
 * @param customSettings of applications, such as {@code app.tenant}, by name. The server lists none: only those are known
 *     that were asked for
 * @param objects that end with the session and cannot be moved to another one, in words for a reason: temporary tables,
 *     advisory locks, prepared statements, cursors
 * @param hasRunLock whether the session holds the lock of the run
 */
public record SessionState(
        String role,
        Map<String, String> settings,
        Map<String, String> customSettings,
        Set<String> objects,
        boolean hasRunLock) {

    /** The value of the setting {@code role} where no role was set. */
    public static final String NO_ROLE = "none";

    /** Copies what it is given. */
    public SessionState {
        settings = Map.copyOf(settings);
        customSettings = Map.copyOf(customSettings);
        objects = Set.copyOf(objects);
    }
}
