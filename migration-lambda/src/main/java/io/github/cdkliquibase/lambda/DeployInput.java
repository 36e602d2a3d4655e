package io.github.cdkliquibase.lambda;

import io.github.cdkliquibase.lambda.changelog.Changelog;
import io.github.cdkliquibase.lambda.changelog.LiquibaseMigration;
import io.github.cdkliquibase.lambda.cloudformation.ProductVersion;
import io.github.cdkliquibase.lambda.digest.CodeDigest;
import io.github.cdkliquibase.lambda.digest.FolderDigest;
import io.github.cdkliquibase.lambda.digest.PartsDigest;
import io.github.cdkliquibase.lambda.engine.Deploy;
import io.github.cdkliquibase.lambda.engine.DeployDigests;
import io.github.cdkliquibase.lambda.engine.HistoryNames;
import io.github.cdkliquibase.lambda.request.MigrationRequest;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a deploy is made of, as digests by which a later deploy with the same input is recognised. */
final class DeployInput {

    private static final Logger LOG = LoggerFactory.getLogger(DeployInput.class);

    private Optional<String> code = Optional.empty();

    /**
     * A deploy, as the history of deploys names it.
     *
     * @return empty if the function's files cannot be read. Then Liquibase looks at the changelog
     */
    Optional<Deploy> deploy(MigrationRequest request, DeploySource source) {
        try {
            DeployDigests digests =
                    new DeployDigests(FolderDigest.ofContent(request.changelog().folder()), digest(request), code());
            return Optional.of(new Deploy(
                    LiquibaseMigration.newDeploymentId(),
                    source.resource().id(),
                    source.stack(),
                    source.logicalId(),
                    source.requestType(),
                    source.requestId(),
                    request.deployedAt().map(Instant::toString).orElse(""),
                    ProductVersion.current(),
                    digests));
        } catch (IOException e) {
            LOG.debug("The files of the deploy could not be read", e);
            return Optional.empty();
        }
    }

    // The code of a process does not change.
    private String code() throws IOException {
        if (code.isEmpty()) {
            code = Optional.of(CodeDigest.of(DeployInput.class));
        }
        return code.get();
    }

    // All properties by which Liquibase selects and executes changesets. The place of the database and the times to
    // wait do
    // not count: the histories are in the database.
    private static String digest(MigrationRequest request) {
        Changelog changelog = request.changelog();
        HistoryNames names = changelog.historyNames();
        PartsDigest digest = new PartsDigest()
                .add(changelog.file())
                .add(changelog.contexts())
                .add(changelog.labelFilter())
                .add(names.defaultSchema().orElse(""))
                .add(names.schema().orElse(""))
                .add(changelog.history().table())
                .add(changelog.history().lockTable())
                .add(request.undefinedParameters().name())
                .add(request.executeCommand().name())
                .add(request.restartChangeset().orElse(""))
                .add(changelog.parameters().size());
        new TreeMap<>(changelog.parameters())
                .forEach((name, value) -> digest.add(name).add(value));
        return digest.hex();
    }
}
