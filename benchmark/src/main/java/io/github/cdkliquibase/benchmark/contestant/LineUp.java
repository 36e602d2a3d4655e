package io.github.cdkliquibase.benchmark.contestant;

import io.github.cdkliquibase.benchmark.changelog.PsqlStyle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** All contestants that this machine can run. */
public final class LineUp {

    /** Name of the zip of this project, to which all others are compared. */
    public static final String ZIP = "zip";

    private static final String BEFORE = "before";

    private final Rig rig;

    /** Contestants of a rig. */
    public LineUp(Rig rig) {
        this.rig = rig;
    }

    /** The contestants, the zip of this project first. */
    public List<Contestant> contestants() {
        List<Contestant> all = new ArrayList<>();
        all.add(zip(ZIP, "our zip", rig.artifact()));
        rig.earlierArtifact().ifPresent(artifact -> all.add(zip(BEFORE, "our zip, before", artifact)));
        all.add(floor());
        all.add(floorWithSecret());
        all.add(plainLiquibase("liquibase-4"));
        all.add(plainLiquibase("liquibase-5"));
        all.add(sample());
        all.add(flyway());
        psqlProgram().ifPresent(program -> {
            all.add(psql("psql-transaction", "psql, a transaction each", PsqlStyle.TRANSACTION, program));
            all.add(psql("psql-message", "psql, a message each", PsqlStyle.MESSAGE, program));
        });
        return all;
    }

    private Contestant zip(String name, String title, Path artifact) {
        return function(name, title, new ZipRecipe(artifact, rig.runtimeClient(), rig.secrets()));
    }

    private Contestant floor() {
        ClassFiles classes = new ClassFiles("FloorHandler", "SelectOne", "EventText", "CloudFormationAnswer");
        Path artifact = classes.zipTo(rig.scratch().resolve("floor.zip"), rig.jars("floor"));
        return function("floor", "floor", new FloorRecipe(artifact, rig.runtimeClient()));
    }

    private Contestant floorWithSecret() {
        ClassFiles classes = new ClassFiles("FloorWithSecretHandler", "SelectOne", "EventText", "CloudFormationAnswer");
        Path artifact = classes.zipTo(rig.scratch().resolve("floor-with-secret.zip"), rig.jars("floor-with-secret"));
        return function(
                "floor-with-secret",
                "floor with secret",
                new FloorWithSecretRecipe(artifact, rig.runtimeClient(), rig.secrets()));
    }

    private Contestant sample() {
        ClassFiles classes = new ClassFiles("SampleHandler", "LiquibaseUpdate", "CloudFormationAnswer");
        Path artifact = classes.zipTo(rig.scratch().resolve("sample.zip"), rig.jars("sample"));
        return function("sample", "Lambda sample", new SampleRecipe(artifact, rig.runtimeClient(), rig.secrets()));
    }

    private Contestant function(String name, String title, FunctionRecipe recipe) {
        return new FunctionContestant(name, title, recipe, rig.bucket());
    }

    private Contestant plainLiquibase(String name) {
        Path classes = new ClassFiles("PlainLiquibase", "LiquibaseUpdate")
                .copyTo(rig.scratch().resolve(name + "-classes"));
        return new PlainLiquibaseContestant(
                name, new JavaCommand(rig.jars(name), classes, "PlainLiquibase"), rig.process(name));
    }

    private Contestant flyway() {
        String name = "flyway";
        Path classes = new ClassFiles("FlywayMigrate").copyTo(rig.scratch().resolve(name + "-classes"));
        return new FlywayContestant(name, new JavaCommand(rig.jars(name), classes, "FlywayMigrate"), rig.process(name));
    }

    private Contestant psql(String name, String title, PsqlStyle style, Path program) {
        return new PsqlContestant(name, title, style, program, rig.process(name));
    }

    private static Optional<Path> psqlProgram() {
        return Stream.of("/usr/local/bin/psql", "/usr/bin/psql", "/bin/psql")
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst();
    }
}
