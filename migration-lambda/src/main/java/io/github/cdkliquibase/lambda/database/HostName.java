package io.github.cdkliquibase.lambda.database;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A host name, an IPv4 or an IPv6 address. Nothing else: what is put into a JDBC URL must not end the host in it.
 *
 * @param text as it was given
 */
public record HostName(String text) {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,255}");
    private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]{2,45}(%[A-Za-z0-9._-]+)?");

    /** The host of a text; empty if the text is something else. */
    public static Optional<HostName> of(String text) {
        boolean bracketed = text.startsWith("[") && text.endsWith("]");
        String bare = bracketed ? text.substring(1, text.length() - 1) : text;
        boolean allowed = bare.contains(":")
                ? IPV6.matcher(bare).matches()
                : !bracketed && NAME.matcher(bare).matches();
        return allowed ? Optional.of(new HostName(bare)) : Optional.empty();
    }

    String inUrl() {
        return text.contains(":") ? "[" + text + "]" : text;
    }

    @Override
    public String toString() {
        return inUrl();
    }
}
