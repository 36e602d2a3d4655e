package io.github.cdkliquibase.lambda;

import io.github.cdkliquibase.lambda.changelog.DropOutcome;
import io.github.cdkliquibase.lambda.failure.Text;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Words what a Delete did with a schema. */
final class DropText {

    private static final Logger LOG = LoggerFactory.getLogger(DropText.class);

    private DropText() {}

    /**
     * Logs what the Delete kept.
     *
     * @return the outcome, as the end of a sentence
     */
    static String tell(DropOutcome outcome) {
        return switch (outcome) {
            case DropOutcome.Dropped dropped -> {
                if (dropped.left() > 0) {
                    LOG.atWarn()
                            .addKeyValue("event", "schema.left")
                            .addKeyValue("count", dropped.left())
                            .log(
                                    "{} objects stay in the schema, because other owners own them or other schemas need them. One is {}",
                                    dropped.left(),
                                    Text.quote(dropped.example()));
                }
                yield dropped.kept() == 0
                        ? "the objects of the schema are dropped"
                        : "the objects of the schema are dropped, except for %d that were there before"
                                .formatted(dropped.kept());
            }
            case DropOutcome.Kept kept -> {
                LOG.atWarn().addKeyValue("event", "schema.kept").log("The schema is kept: {}", kept.why());
                yield "the schema is kept, because " + kept.why();
            }
            case DropOutcome.Gone gone -> {
                LOG.atWarn().addKeyValue("event", "schema.gone").log("There is nothing to drop: {}", gone.what());
                yield "there was nothing to drop, because " + gone.what();
            }
        };
    }
}
