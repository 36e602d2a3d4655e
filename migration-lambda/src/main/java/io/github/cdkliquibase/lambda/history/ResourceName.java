package io.github.cdkliquibase.lambda.history;

/**
 * The custom resource of a deploy.
 *
 * @param id identifies one logical resource of one stack, and is the same for each of its deploys
 * @param words stack and logical id for people; empty if the event says neither
 */
public record ResourceName(String id, String words) {

    /** The words if there are any, otherwise the id, for a reason or a log line. */
    @Override
    public String toString() {
        return words.isEmpty() ? id : words;
    }
}
