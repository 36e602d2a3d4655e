package io.github.cdkliquibase.stage.iam;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.cdkliquibase.stage.function.RoleCredentials;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Checks a token as RDS does: a presigned URL, Signature Version 4, of service {@code rds-db}, without its scheme. Its
 * signature is computed anew from what is known here, and every part of the token is either in that signature or compared.
 *
 * @param address the database's own, {@code host:port}
 */
record TokenCheck(String address, String region, RoleCredentials role) {

    private static final int LONGEST_LIFE_SECONDS = 900;
    private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(5);

    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    /** Why the token does not let the user in at this moment; empty if it does. */
    Optional<String> refusal(String token, String user, Instant now) {
        Map<String, String> parameters;
        try {
            parameters = parameters(token);
        } catch (IllegalArgumentException e) {
            return Optional.of("no token: " + e.getMessage());
        }
        Instant signed = stamp(parameters.get("X-Amz-Date"));
        if (signed == null) {
            return Optional.of("no token: its date");
        }
        // A second less where the AWS SDK's own clock ticked while it signed.
        String expires = String.valueOf(parameters.get("X-Amz-Expires"));
        if (!expires.matches("[1-9][0-9]{0,2}") || Integer.parseInt(expires) > LONGEST_LIFE_SECONDS) {
            return Optional.of("X-Amz-Expires");
        }
        String day = STAMP.format(signed).substring(0, 8);
        String scope = "%s/%s/rds-db/aws4_request".formatted(day, region);
        Map<String, String> expected = new TreeMap<>(Map.of(
                "Action",
                "connect",
                "DBUser",
                user,
                "X-Amz-Algorithm",
                "AWS4-HMAC-SHA256",
                "X-Amz-Credential",
                role.accessKeyId() + "/" + scope,
                "X-Amz-Date",
                STAMP.format(signed),
                "X-Amz-Expires",
                expires,
                "X-Amz-Security-Token",
                role.sessionToken(),
                "X-Amz-SignedHeaders",
                "host"));
        String query = query(expected);
        expected.put("X-Amz-Signature", signature(query, STAMP.format(signed), day, scope));
        if (!parameters.keySet().equals(expected.keySet())) {
            return Optional.of("no token: its parameters are " + parameters.keySet());
        }
        for (Map.Entry<String, String> each : expected.entrySet()) {
            // The signature is the last one, so a part of the token is named before what follows from it.
            if (!each.getKey().equals("X-Amz-Signature") && differs(each.getValue(), parameters.get(each.getKey()))) {
                return Optional.of(each.getKey());
            }
        }
        if (differs(address, token.substring(0, token.indexOf("/?")))) {
            return Optional.of("address");
        }
        if (differs(String.valueOf(expected.get("X-Amz-Signature")), parameters.get("X-Amz-Signature"))) {
            return Optional.of("X-Amz-Signature");
        }
        if (signed.isAfter(now.plus(CLOCKS_DIFFER))) {
            return Optional.of("not yet valid");
        }
        return now.isBefore(signed.plusSeconds(Integer.parseInt(expires))) ? Optional.empty() : Optional.of("expired");
    }

    private static Map<String, String> parameters(String token) {
        int end = token.indexOf("/?");
        if (end < 0) {
            throw new IllegalArgumentException("it has no query");
        }
        Map<String, String> parameters = new TreeMap<>();
        for (String each : token.substring(end + 2).split("&", -1)) {
            String[] parts = each.split("=", 2);
            if (parts.length < 2 || parameters.put(parts[0], decode(parts[1])) != null) {
                throw new IllegalArgumentException("a parameter is there twice, or without a value");
            }
        }
        return parameters;
    }

    // Also refuses what another client might encode in another way: then the signed bytes would be others.
    private static String decode(String value) {
        String decoded = URLDecoder.decode(value.replace("+", "%2B"), UTF_8);
        if (!encode(decoded).equals(value)) {
            throw new IllegalArgumentException("a parameter is encoded in another way");
        }
        return decoded;
    }

    private static String encode(String value) {
        return URLEncoder.encode(value, UTF_8)
                .replace("+", "%20")
                .replace("*", "%2A")
                .replace("%7E", "~");
    }

    private static @Nullable Instant stamp(@Nullable String date) {
        try {
            return date == null ? null : STAMP.parse(date, Instant::from);
        } catch (DateTimeParseException e) {
            return null;
        }
    }

    private static String query(Map<String, String> parameters) {
        return parameters.entrySet().stream()
                .map(each -> each.getKey() + "=" + encode(each.getValue()))
                .collect(Collectors.joining("&"));
    }

    private String signature(String query, String date, String day, String scope) {
        String request = "GET\n/\n%s\nhost:%s\n\nhost\n%s".formatted(query, address, sha256(""));
        byte[] key = ("AWS4" + role.secretAccessKey()).getBytes(UTF_8);
        for (String part : new String[] {day, region, "rds-db", "aws4_request"}) {
            key = hmac(key, part);
        }
        return HexFormat.of()
                .formatHex(hmac(key, "AWS4-HMAC-SHA256\n%s\n%s\n%s".formatted(date, scope, sha256(request))));
    }

    private static boolean differs(String one, @Nullable String other) {
        return other == null || !MessageDigest.isEqual(one.getBytes(UTF_8), other.getBytes(UTF_8));
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
