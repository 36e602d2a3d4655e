package io.github.cdkliquibase.lambda.changelog.files;

import io.github.cdkliquibase.lambda.failure.Text;
import java.nio.file.InvalidPathException;

/**
 * A path in a changelog that ends outside of the changelog folder.
 *
 * <p>An invalid path for Liquibase: where it only tries whether a value of a table is the name of a file, it goes on with
 * the value.
 */
public final class OutsideFolderException extends InvalidPathException {

    private static final long serialVersionUID = 1;

    OutsideFolderException(String path) {
        super(path, "The path is outside the changelog folder");
    }

    @Override
    public String getMessage() {
        return describe(getInput());
    }

    /** In words for a reason. */
    public static String describe(String path) {
        return "file %s is outside the changelog folder".formatted(Text.quote(path));
    }
}
