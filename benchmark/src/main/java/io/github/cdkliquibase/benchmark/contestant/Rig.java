package io.github.cdkliquibase.benchmark.contestant;

import io.github.cdkliquibase.stage.cloudformation.ResponseBucket;
import io.github.cdkliquibase.stage.scratch.ScratchFolder;
import io.github.cdkliquibase.stage.secrets.SecretsManagerEndpoint;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The parts that contestants are made of.
 *
 * @param project the project's root folder, built with the profile {@code benchmark}
 * @param artifact the zip to measure
 * @param earlierArtifact another zip of this project to compare with
 * @param secrets the played Secrets Manager
 * @param bucket where functions answer to
 * @param scratch where classes and logs go
 */
public record Rig(
        Path project,
        Path artifact,
        Optional<Path> earlierArtifact,
        SecretsManagerEndpoint secrets,
        ResponseBucket bucket,
        ScratchFolder scratch) {

    Path runtimeClient() {
        return project.resolve("stage/target/lambda-runtime");
    }

    Jars jars(String contestant) {
        return new Jars(
                project.resolve("benchmark/contestants").resolve(contestant).resolve("target/jars"));
    }

    BareProcess process(String contestant) {
        return new BareProcess(scratch.resolve(contestant + ".log"));
    }
}
