package io.github.cdkliquibase.benchmark.process;

import java.util.Objects;

/** Plain Liquibase as a process of its own. */
final class PlainLiquibase {

    private PlainLiquibase() {}

    /** Called with the changelog folder, the root changelog, the URL and the user; the password is in the environment. */
    public static void main(String[] args) throws Exception {
        LiquibaseUpdate.run(args[0], args[1], args[2], args[3], Objects.requireNonNull(System.getenv("PGPASSWORD")));
    }
}
