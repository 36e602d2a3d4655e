package io.github.cdkliquibase.stage.cloudformation;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.Optional;

/**
 * One request that reached the bucket, as it was on the wire.
 *
 * @param method the HTTP method
 * @param path the path, not decoded
 * @param query what follows the question mark, not decoded; empty if there was none
 * @param headers the headers in their order and spelling
 * @param body the body, put together if it came in chunks
 * @param status the status that the bucket answered with; 0 if it reset the connection
 */
public record RecordedRequest(String method, String path, String query, List<Header> headers, String body, int status) {

    public RecordedRequest {
        headers = List.copyOf(headers);
    }

    /** One header line. */
    public record Header(String name, String value) {}

    /** The first header of that name, in whatever case it was written. */
    public Optional<String> header(String name) {
        return headers.stream()
                .filter(header -> header.name().equalsIgnoreCase(name))
                .map(Header::value)
                .findFirst();
    }

    /** Whether the bucket took it in. */
    public boolean accepted() {
        return status == 200;
    }

    /** Size of the body in bytes of UTF-8. */
    public int size() {
        return body.getBytes(UTF_8).length;
    }

    RecordedRequest answeredWith(int newStatus) {
        return new RecordedRequest(method, path, query, headers, body, newStatus);
    }
}
