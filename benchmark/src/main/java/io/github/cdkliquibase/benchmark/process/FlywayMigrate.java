package io.github.cdkliquibase.benchmark.process;

import org.flywaydb.core.Flyway;

/** Flyway as a process of its own. */
final class FlywayMigrate {

    private FlywayMigrate() {}

    /** Called with the folder of migrations, the URL and the user; the password is in the environment. */
    public static void main(String[] args) {
        Flyway.configure()
                .dataSource(args[1], args[2], System.getenv("PGPASSWORD"))
                .locations("filesystem:" + args[0])
                .load()
                .migrate();
    }
}
