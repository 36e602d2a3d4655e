package io.github.cdkliquibase.lambda.failure;

/**
 * The text of a statement as its changelog has it, with the names of the deploy's parameters instead of their values.
 *
 * <p>Readers of a reason may also read the changelog, so the words of this text may be shown.
 *
 * @param text may hold more than the statement; empty if it is not known
 * @param isFilledIn whether a value of the deploy was put into the statement, or may have been
 */
public record ChangelogText(String text, boolean isFilledIn) {

    /** For a statement that is not known. */
    public static final ChangelogText UNKNOWN = new ChangelogText("", true);

    /** For a statement of our own or of Liquibase, without any value. */
    public static final ChangelogText NONE = new ChangelogText("", false);
}
