package io.github.cdkliquibase.lambda.changelog;

import io.github.cdkliquibase.lambda.changelog.files.FolderResources;
import java.util.Optional;
import liquibase.database.Database;
import liquibase.exception.LiquibaseException;

/** The changelog of a run. It is read once, and again only where Liquibase's changesets remember an attempt that failed. */
final class RunChangelog {

    private final RunContext run;
    private final FolderResources files;
    private Optional<ParsedChangelog> parsed = Optional.empty();
    private Optional<ChangelogReview> review = Optional.empty();

    RunChangelog(RunContext run, FolderResources files) {
        this.run = run;
        this.files = files;
    }

    /** Reads it, unless it is read. The next question about the history reads the history again. */
    ParsedChangelog read(Database database) throws LiquibaseException {
        ParsedChangelog.forgetHistory(database);
        if (parsed.isEmpty()) {
            try {
                ParsedChangelog read = ParsedChangelog.read(run.changelog(), database);
                parsed = Optional.of(read);
                review = review.or(() -> Optional.of(new ChangelogReview(read, files.opened())));
            } catch (LiquibaseException | RuntimeException | Error e) {
                if (run.engine().failures().of(e).isPresent()) {
                    // Liquibase reads the history while it reads the changelog.
                    throw e;
                }
                throw run.reasons().ofParsing(e);
            }
        }
        return parsed.get();
    }

    /** As it was read; empty if it is to be read again. */
    Optional<ParsedChangelog> parsed() {
        return parsed;
    }

    /** The warnings about it, once it has been read. */
    Optional<ChangelogReview> review() {
        return review;
    }

    /** The next attempt reads it again. */
    void forget() {
        parsed = Optional.empty();
    }
}
