package io.github.cdkliquibase.benchmark.scenario;

/** In which format the changesets are written. */
public enum Format {
    /** Formatted SQL; the root changelog, which includes its files, is YAML. */
    SQL("sql", "yaml"),
    YAML("yaml", "yaml"),
    XML("xml", "xml");

    private final String extension;
    private final String rootExtension;

    Format(String extension, String rootExtension) {
        this.extension = extension;
        this.rootExtension = rootExtension;
    }

    /** How the names of the files with changesets end. */
    public String extension() {
        return extension;
    }

    /** How the name of the root changelog ends. */
    public String rootExtension() {
        return rootExtension;
    }

    /** The word for the command line. */
    @Override
    public String toString() {
        return extension;
    }
}
