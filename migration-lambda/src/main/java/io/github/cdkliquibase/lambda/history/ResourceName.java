package io.github.cdkliquibase.lambda.history;

/**
 * The custom resource that asks for a deploy.
 *
 * @param id the same for each deploy of one logical resource of one stack, and for no other
 * @param words stack and logical id for people; empty if the event says neither
 */
public record ResourceName(String id, String words) {

    /** In words where there are some, for a reason or a log line. */
    @Override
    public String toString() {
        return words.isEmpty() ? id : words;
    }
}
