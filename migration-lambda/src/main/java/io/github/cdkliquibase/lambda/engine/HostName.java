package io.github.cdkliquibase.lambda.engine;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A host name, an IPv4 or an IPv6 address. Other texts are refused, because they could end the host in a JDBC URL.
 *
 * @param text the text as it was given
 */
public record HostName(String text) {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,255}");
    private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]{2,45}(%[A-Za-z0-9._-]+)?");

    /** Endpoints of RDS and Aurora. Endpoints in China have the region at another place. */
    private static final Pattern RDS =
            Pattern.compile("(?i).+\\.(?:rds\\.amazonaws\\.com|rds\\.[a-z0-9-]+\\.amazonaws\\.com\\.cn)\\.?");

    private static final Pattern REGION =
            Pattern.compile(".+\\.(?:rds\\.)?([a-z]{2}(?:-[a-z]+)+-[0-9]+)\\.(?:rds\\.)?amazonaws\\.com(?:\\.cn)?\\.?");

    /** The part of an endpoint that identifies an RDS Proxy: {@code name.proxy-id.region.rds.amazonaws.com}. */
    private static final Pattern PROXY = Pattern.compile("(?i).+\\.proxy-[a-z0-9]+\\..+");

    /** The host of a text; empty if the text is something else. */
    public static Optional<HostName> of(String text) {
        boolean bracketed = text.startsWith("[") && text.endsWith("]");
        String bare = bracketed ? text.substring(1, text.length() - 1) : text;
        boolean allowed = bare.contains(":")
                ? IPV6.matcher(bare).matches()
                : !bracketed && NAME.matcher(bare).matches();
        return allowed ? Optional.of(new HostName(bare)) : Optional.empty();
    }

    /** The region of an endpoint of RDS or Aurora; empty for any other host. */
    public Optional<String> rdsRegion() {
        Matcher name = REGION.matcher(text.toLowerCase(Locale.ROOT));
        return RDS.matcher(text).matches() && name.matches() ? Optional.ofNullable(name.group(1)) : Optional.empty();
    }

    /** Whether it is an endpoint of RDS or Aurora, but not of an RDS Proxy. */
    public boolean isOfRds() {
        return RDS.matcher(text).matches() && !isOfAnRdsProxy();
    }

    /** Whether it is an endpoint of an RDS Proxy. */
    public boolean isOfAnRdsProxy() {
        return RDS.matcher(text).matches() && PROXY.matcher(text).matches();
    }

    /** As a URL writes it. */
    public String inUrl() {
        return text.contains(":") ? "[" + text + "]" : text;
    }

    @Override
    public String toString() {
        return inUrl();
    }
}
