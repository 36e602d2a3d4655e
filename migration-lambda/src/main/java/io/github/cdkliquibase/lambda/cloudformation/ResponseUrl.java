package io.github.cdkliquibase.lambda.cloudformation;

import java.net.URI;
import java.net.URISyntaxException;

/** The URL that CloudFormation gives for the answer to an event. */
final class ResponseUrl {

    private ResponseUrl() {}

    /** Whether an answer can be sent to this URL at all. */
    static boolean isUsable(String url) {
        try {
            parse(url);
            return true;
        } catch (AnswerException e) {
            return false;
        }
    }

    static URI parse(String url) throws AnswerException {
        try {
            URI uri = new URI(url);
            boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            if (!http || uri.getHost() == null) {
                throw new AnswerException("The response URL is not an HTTP URL");
            }
            return uri;
        } catch (URISyntaxException e) {
            // The cause is left out: its message quotes the URL.
            throw new AnswerException("The response URL is not well-formed");
        }
    }
}
