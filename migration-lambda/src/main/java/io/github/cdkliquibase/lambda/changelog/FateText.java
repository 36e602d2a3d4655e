package io.github.cdkliquibase.lambda.changelog;

import io.github.cdkliquibase.lambda.changelog.execution.Fate;

/** Words what is in the database of a changeset that was not ended. */
final class FateText {

    private FateText() {}

    /** As a clause. */
    static String describe(Fate fate) {
        return switch (fate) {
            case Fate.RolledBack rolledBack -> "this one was rolled back";
            case Fate.CommitUnknown unknown -> "the next deploy finds out whether this one was committed";
            case Fate.CommittedItself itself -> ofCommittedItself(itself);
            case Fate.CommittedWithoutRow committed ->
                committed.noted()
                        ? "this one was committed, and the next deploy writes its row in the history"
                        : "this one was committed, and its row in the history is missing, so the next deploy executes it again";
            case Fate.PartlyNotNoted partly -> ofPartlyNotNoted(partly);
            case Fate.Partly partly -> ofPartly(partly);
        };
    }

    private static String ofCommittedItself(Fate.CommittedItself itself) {
        return itself.isKnown()
                ? "this one ran its own COMMIT, so its statements before the COMMIT stay and must be undone by hand"
                : "this one ran its own COMMIT, and the answer to it was lost: check in the database whether its statements before the COMMIT took effect, and undo them by hand";
    }

    private static String ofPartlyNotNoted(Fate.PartlyNotNoted partly) {
        return "this one runs outside a transaction, and its progress could not be recorded: %s, and the next deploy starts it again from its first statement%s"
                .formatted(
                        stays(partly),
                        partly.invalidIndex()
                                .map(index -> "; index %s is left invalid: drop it by hand".formatted(index))
                                .orElse(""));
    }

    private static String ofPartly(Fate.Partly partly) {
        return "this one runs outside a transaction: %s%s%s"
                .formatted(
                        done(partly.done()),
                        partly.nextUnknown()
                                ? ", and the next deploy finds out whether the one that was running is done"
                                : partly.done() == 0 ? "" : next(partly.next()),
                        partly.invalidIndex()
                                .map(index -> "; index %s is left invalid, and the next deploy drops or rebuilds it"
                                        .formatted(index))
                                .orElse(""));
    }

    private static String next(Fate.Next next) {
        return switch (next) {
            case GOES_ON -> ", and will not be repeated";
            case BEGINS_ANEW -> ", and the next deploy starts again with the first one";
            case REFUSES ->
                ", and left session state that the others may need. Undo them, and set the property 'RestartChangeset' to the changeset's name";
        };
    }

    private static String stays(Fate.PartlyNotNoted partly) {
        return switch (partly.done()) {
            case 0 -> "none of its statements is done";
            case 1 -> "its first statement stays";
            default -> "its first %d statements stay".formatted(partly.done());
        };
    }

    private static String done(int statements) {
        return switch (statements) {
            case 0 -> "none of its statements is done";
            case 1 -> "1 of its statements is done";
            default -> statements + " of its statements are done";
        };
    }
}
