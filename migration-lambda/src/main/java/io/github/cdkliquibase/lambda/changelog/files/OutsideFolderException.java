package io.github.cdkliquibase.lambda.changelog.files;

import io.github.cdkliquibase.lambda.failure.Text;
import java.nio.file.InvalidPathException;

/**
 * A path in a changelog leads outside the changelog folder.
 *
 * <p>It extends the exception for an invalid path: if Liquibase only tries whether a value of a table is a file name,
 * it continues with the value.
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

    /** The message in words for a reason. */
    public static String describe(String path) {
        return "file %s is outside the changelog folder".formatted(Text.quote(path));
    }
}
