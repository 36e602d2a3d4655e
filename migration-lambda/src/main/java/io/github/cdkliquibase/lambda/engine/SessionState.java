package io.github.cdkliquibase.lambda.engine;

import java.util.Map;
import java.util.Set;

/**
 * The session state that statements of a changelog have changed, and that later statements may need.
 *
 * @param role of {@code SET ROLE}; {@code none} if there is none
 * @param settings of the server, by name, that differ from those of the run
 * @param customSettings of applications, such as {@code app.tenant}, by name. The server does not list them: only those
 *     that were asked for are known
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

    /** Copies the collections. */
    public SessionState {
        settings = Map.copyOf(settings);
        customSettings = Map.copyOf(customSettings);
        objects = Set.copyOf(objects);
    }
}
